"""From a ledger to facts, from facts to an advice: the rules, and the engines that run them.

| module | holds |
|---|---|
| `sources` | where a rule or number comes from: law, covenant, practice, choice, adopted |
| `parameters` | dated values with their sources, at most one for each day |
| `imputation` | what each payment goes to: the ledger as changes by day |
| `arrears` | from ledger to arrears as of a day: months, the episode |
| `running_ledger` | a ledger run through entry by entry, with what is owed after each |
| `semantics` | the version of the semantics, and which receipts can be replayed |
| `facts` | the fact schema: what each fact is |
| `own_facts` | the facts that a policy declares: given by the tenancy, or counted |
| `tenancy_facts` | the facts of one tenancy as of a day |
| `conditions` | the language of conditions |
| `terms` | the words that conditions are written in, one for each fact (public) |
| `rungs` | the rungs of the ladder: which clauses lead to which advice |
| `clauses` | what a policy is made of: conditions with their source, holds, the days it is in force |
| `policy` | a policy, its clauses and holds; a policy on a day |
| `policy_checks` | the requirements on the conditions of a policy |
| `prompting` | what a referral asks the landlord to have done, and whether a step says so |
| `document` | policies as documents: canonical JSON, the hash |
| `policy_reading` | policies from documents: JSON, and TOML written by hand |
| `policy_files` | policies from TOML files, which may extend each other |
| `policy_remedies` | what to write in a policy file where an error says only what is expected |
| `policy_warnings` | what of a policy is plainly never true, or never matters |
| `kept_policies` | a folder of policies by their hashes, beside receipts that refer to them |
| `parameter_reading` | parameters, values and sources from documents |
| `advice` | advice, priority, outcome |
| `policies` | the built-in policies, and finding a policy by name |
| `engines` | what runs a policy on facts |
"""
