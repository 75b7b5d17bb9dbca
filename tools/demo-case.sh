#!/bin/sh
# The second half of `make demo`: what becomes of a referral. Each command is printed, then run.
#
#     sh tools/demo-case.sh BIN SAMPLE OUTSIDE
#
# BIN has huurschuld, SAMPLE is the portfolio of which the referrals were sent, OUTSIDE what is around it.
# It is run from the root of the project, and the days are those of the sample.
set -eu
bin=$1 sample=$2 outside=$3
day=2026-10-20

landlord() { HUURSCHULD_CONFIG="$outside/huurschuld.toml" show huurschuld "$@"; }
ggd() { HUURSCHULD_CONFIG="$outside/ggd.toml" HUURSCHULD_ROLE=ggd show huurschuld "$@"; }
municipality() { HUURSCHULD_CONFIG="$outside/ggd.toml" HUURSCHULD_ROLE=municipality show huurschuld "$@"; }
show() {
    printf '\n$'
    for word in "$@"; do
        case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    echo
    shift
    "$bin/huurschuld" "$@"
}
export HUURSCHULD_PERSON="J. Jansen"

# The first family: not the first of all, which has left, or will be evicted in a few days.
csv=$(HUURSCHULD_CONFIG="$outside/huurschuld.toml" "$bin/huurschuld" refer list --state accepted --format csv)
families=$("$bin/huurschuld" screen "$sample" --policy katwijk-2021 --as-of "$day" --format csv |
    sed -n 's/^\([^,]*\),refer,family,.*/\1/p')
family=$(echo "$families" | head -n 1)
key=$(echo "$csv" | sed -n "s/,$family,.*//p")
owed=$(echo "$csv" | sed -n "s/^$key,$family,[^,]*,\([0-9]*\)\([0-9][0-9]\),.*/\1.\2/p")
case=$(echo "$key" | cut -c1-12)

echo
echo "At the GGD: the signals are taken in. This one is the first family that was referred."
ggd case begin
ggd case receive "$outside/inbox" --landlord Woonstichting --policy katwijk-2021 --received "$day" |
    head -n 4
ggd case record "$case" assigned --happened 2026-10-21 --data "worker=J. Jansen"
ggd case record "$case" dossier-opened --happened 2026-10-21 --data minors=true

echo
echo "Somebody goes there in the evening; the family is reached, and accepts help."
ggd case record "$case" attempt --happened 2026-10-22 --data kind=visit --data part_of_day=evening \
    --data reached=true
ggd case record "$case" offer-made --happened 2026-10-22
ggd case record "$case" accepted --happened 2026-10-22
ggd case couple "$case" --need debts --helper "Budget Informatie Punt" --on 2026-10-23
ggd case list --worker "J. Jansen" --as-of 2026-10-23

echo
echo "The landlord hears what he may know, and nothing else; his next screening holds."
ggd case give-feedback "$case" --landlord Woonstichting --as-of 2026-10-23
cat "$outside"/feedback/*.json
echo
landlord explain "$sample" --tenancy "$family" --policy examples/collection-suspended.toml \
    --as-of 2026-10-27 | sed '/^Why/,$d'

echo "The municipality talks, decides, and agrees on a plan."
municipality case record "$case" first-talk --happened 2026-10-26
municipality case record "$case" decision --happened 2026-10-28 --data decision=plan \
    --data made_known=2026-10-28
municipality case plan --arrears "$owed" --monthly 150 --first 2026-11-01 --room 200
last=$("$bin/huurschuld" case plan --arrears "$owed" --monthly 150 --first 2026-11-01 --format csv |
    sed -n '$s/,.*//p')
municipality case record "$case" plan-agreed --happened 2026-10-29 --data "arrears=$owed" \
    --data monthly=150 --data first=2026-11-01 --data "last=$last"

echo
echo "In November the family pays the rent, and 150 euros: the ledger shows that the plan is kept."
rent=$(sed -n "s/^$family,\([0-9]*\),.*/\1/p" "$sample/rents.csv" | tail -n 1)
grep -q "^$family,R-2026-11," "$sample/entries.csv" ||
    echo "$family,R-2026-11,2026-11-01,2026-11-01,$rent,,,rent" >>"$sample/entries.csv"
echo "$family,P-2026-11,,2026-11-02,$((rent + 15000)),,,payment" >>"$sample/entries.csv"
municipality case follow "$sample" --outbox "$outside/outbox.sqlite" --as-of 2026-11-20 --tolerance 5 \
    --grace-days 7 --record

echo
echo "The year so far: everybody was referred, and one family was reached."
municipality evaluate --year 2026 --as-of 2026-11-20 --smallest 1 | sed '/^All numbers/,$d'
