/**
 * What protects each column of the database when the disk changes it and SQLite's own check does not see it.
 *
 * | protection | what must hold |
 * |---|---|
 * | refused | the gateway does not start: the ledger's tree, a root's signature, or a rule of the table |
 * | told | it starts, and whoever reads it gets a code, never the changed thing |
 * | narrows | who or what it names is not found any more; nobody gains anything |
 * | shown | it is only shown or traced; the ledger, a signature or the record itself says it right |
 * | weak | nothing notices it, and it matters to somebody: written down here so that nobody believes otherwise |
 */

export type Protection = 'refused' | 'told' | 'narrows' | 'shown' | 'weak';

const COLUMNS: readonly (readonly [RegExp, Protection, string])[] = [
  [/^ledger_(?:entry|node|head)\./, 'refused', 'the tree under a signed checkpoint'],
  [/^ledger_cosignature\.(?:facility|witness)$/, 'narrows', 'nobody of that name vouches'],
  [
    /^ledger_cosignature\./,
    'shown',
    'what a witness signed says it right; chaperone verify passes over a signature that does not hold',
  ],
  [/^cart_journal(?:_head)?\./, 'told', "the root in the cart's signed head"],
  [
    /^authority_certificate\.(?:serial_hex|holder_kind|holder_id|key_thumbprint|fingerprint|der|not_after)$/,
    'refused',
    "the root's signature, while it is in force; otherwise it is revoked or unknown, which is the same",
  ],
  [/^authority_certificate\.(?:chain|state|use)$/, 'refused', 'the rule of the table'],
  [/^authority_certificate\./, 'shown', 'when, why and by which licence; the ledger has it'],
  [/^authority_licence\.(?:kind|state)$/, 'refused', 'the rule of the table'],
  [/^authority_licence\.(?:id|code_hash|key_thumbprint)$/, 'narrows', 'the code finds no licence'],
  [
    /^authority_licence\.(?:name|expires_at|issued_at)$/,
    'weak',
    'a code that is still unused may be good for a neighbouring serial number, or up to a year',
  ],
  [/^authority_licence\./, 'shown', 'the ledger has it'],
  [
    /^authority_licence_terms\.(?:licence_id|number|features|valid_from|valid_until|statement)$/,
    'refused',
    "the licence root's signature, while the licence is not retired",
  ],
  [/^authority_licence_terms\./, 'shown', 'who, when and where; nothing is decided by it'],
  [/^authority_revocation_list\./, 'narrows', 'a list with a lower number is not taken'],
  [/^schema_migration\.name$/, 'refused', 'a migration that this version does not know'],
  [/^schema_migration\./, 'shown', 'when'],
  [/\.sealed$|^service_case\.detail$/, 'told', 'the seal of the case'],
  [/^vault_record\.(?:id|bytes)$/, 'told', 'the file is not found, or is not as long'],
  [/^vault_record\.(?:origin|state|quarantine)$/, 'refused', 'the rule of the table'],
  [/^vault_record\.verdict$/, 'told', 'the seal of the case'],
  [
    /^vault_record\.case_id$/,
    'weak',
    'the record is not listed; the ledger still says that it was sealed',
  ],
  [/^vault_record\./, 'shown', 'a fetch that is asked for anew'],
  [/^vault_destruction\.step$/, 'refused', 'the rule of the table'],
  [/^vault_destruction\./, 'shown', 'the signed certificate and the ledger have it'],
  [/^service_case\.state$/, 'refused', 'the rule of the table'],
  [
    /^service_case\.(?:id|cart)$/,
    'narrows',
    'the case has no key, or no cart of that serial number',
  ],
  [
    /^service_case\.certificate$/,
    'shown',
    'chaperone verify says no: it is signed, and its digest is in the ledger',
  ],
  [
    /^service_case\.legal_hold$/,
    'weak',
    'a hold that is lifted unseen; the ledger of the case has who set it',
  ],
  [/^service_case\./, 'shown', 'the ledger and the certificate have what counts'],
  [/^case_designation\./, 'narrows', 'nobody of that id'],
  [/^case_note\.case_id$/, 'told', 'the seal of the case'],
  [/^case_note\./, 'shown', 'the ledger has who and when'],
  [/^case_reason\.case_id$/, 'told', 'the seal of the case'],
  [/^case_reason\./, 'shown', 'the ledger has who and when, and a commitment to why'],
  [/^case_age\.case_id$/, 'narrows', 'the case is young again: its end is announced anew'],
  [
    /^case_age\./,
    'shown',
    'by the wall clock no case ends before the limit, and the ledger has when it was announced; one bit makes no time run',
  ],
  [/^case_deidentification\.rule$/, 'refused', 'the rule of the table'],
  [
    /^case_deidentification\.case_id$/,
    'narrows',
    'the case has no rule any more: nothing of it leaves that is not de-identified',
  ],
  [/^record_deidentification\.case_id$/, 'told', 'the seal of the case'],
  [
    /^record_deidentification\./,
    'shown',
    'the report stands beside no record; that a record is a de-identified one, the record says',
  ],
  [/^record_export\.reason$/, 'told', 'the seal of the case'],
  [/^record_export\.id$/, 'narrows', 'its attestation is not found: it is asked for anew'],
  [
    /^record_export\.case_id$/,
    'weak',
    'the export holds up no resolving; the ledger of the case still says who exported what',
  ],
  [
    /^record_export\.exported_at$/,
    'weak',
    'who exported it may fetch it for longer; each fetch is in the ledger',
  ],
  [
    /^record_export\./,
    'narrows',
    'no such record, or nobody who could fetch it: a lead attests in their place',
  ],
  [/^export_attestation\.reason$/, 'told', 'the seal of the case'],
  [
    /^export_attestation\.export_id$/,
    'narrows',
    'the export counts as not attested, and it is asked for anew',
  ],
  [/^export_attestation\./, 'shown', 'the ledger has who attested what, and when'],
  [/^export_permission\.(?:case_id|technician_id)$/, 'narrows', 'nobody is permitted'],
  [/^export_permission\./, 'shown', 'the ledger has who permitted it, and when'],
  [/^countersigned_receipt\.files_sealed$/, 'told', 'the seal of the case'],
  [
    /^countersigned_receipt\.session_id$/,
    'narrows',
    'the receipt counts as not countersigned; the cart keeps its own',
  ],
  [
    /^countersigned_receipt\./,
    'shown',
    "chaperone verify says no: both signed it, and the cart keeps it; its files are opened by the case's seal",
  ],
  [/^case_number\./, 'narrows', 'a number that is taken is refused'],
  [/^screen_recording\.state$/, 'refused', 'the rule of the table'],
  [
    /^screen_recording\./,
    'shown',
    'an open one is closed at the next start; of a closed one the record and the ledger have what counts',
  ],
  [/^case_transfer\.(?:direction|state)$/, 'refused', 'the rule of the table'],
  [/^case_transfer\.case_id$/, 'told', 'the seal of the case'],
  [/^case_upload\.(?:case_id|sealed)$/, 'refused', 'the seal of the case'],
  [/^case_upload\./, 'narrows', 'it is begun anew, or its file is not whole and becomes no record'],
  [/^case_transfer\./, 'shown', 'it is fetched anew; the ledger has what was sealed'],
  [
    /^desk_account\.(?:id|account_name|directory_login|password_hash)$/,
    'narrows',
    'nobody signs in with it',
  ],
  [
    /^desk_account\.roles$/,
    'narrows',
    'a list that is damaged allows no role, and a role with a wrong letter is none',
  ],
  [
    /^desk_account\.password_given_at$/,
    'shown',
    'when; a password that has to be changed still has to be: one bit makes no NULL',
  ],
  [/^desk_administration_act\./, 'shown', 'the ledger has who and when, and a commitment to why'],
  [/^desk_proposal\.state$/, 'refused', 'the rule of the table'],
  [
    /^desk_proposal\.(?:id|act|target|role|proposed_by)$/,
    'narrows',
    'it names nothing that could be done, or nobody who could decide it; it is proposed anew',
  ],
  [
    /^desk_proposal\.proposed_at$/,
    'weak',
    'a proposal may wait for longer, or no more; it still takes a second person',
  ],
  [/^desk_proposal\./, 'shown', 'the ledger has who decided what, and when'],
  [/^authority_retired_chain\.chain$/, 'refused', 'the rule of the table'],
  [/^authority_retired_chain\./, 'shown', 'when; the ledger has it'],
  [/^desk_account\.name$/, 'weak', 'operators see a name with a wrong letter'],
  [/^desk_account\./, 'shown', 'a disabled account stays disabled: one bit makes no NULL'],
  [
    /^desk_acceptance_report\.(?:report|sha256|receipt)$/,
    'told',
    "the cart's signature, the digest and the countersignature; chaperone verify says no",
  ],
  [
    /^desk_acceptance_report\.(?:id|cart)$/,
    'narrows',
    'the report is not found under its cart; the cart sends it again when it is asked to',
  ],
  [
    /^desk_acceptance_report\./,
    'shown',
    'the signed report has it; a summary that is no JSON counts as none',
  ],
  [
    /^desk_facility_policy\.(?:policy|sha256)$/,
    'told',
    "the facility's signature, which each cart checks; one that cannot be read is carried to nobody",
  ],
  [
    /^desk_facility_policy\.(?:facility|version)$/,
    'narrows',
    'it is carried to nobody, or to a cart that refuses it',
  ],
  [/^desk_facility_policy\./, 'shown', 'the ledger has who brought it, and when'],
  [
    /^desk_facility_policy_receipt\./,
    'shown',
    "the cart's signed receipt and the ledger say it right",
  ],
  [/^desk_cart\./, 'shown', 'the cart says it again'],
  [
    /^desk_cart_changes\./,
    'shown',
    "the cart's journal has it; changes that are no JSON count as none",
  ],
  [/^desk_sign_in\.state$/, 'refused', 'the rule of the table'],
  [
    /^desk_sign_in\.(?:begun_at|used_at)$/,
    'weak',
    'a workstation that nobody signs out may stay signed in for longer',
  ],
  [
    /^desk_sign_in\.confirmed_at$/,
    'weak',
    'a confirmation may count for longer, until the sign-in ends; the ledger has when it was given',
  ],
  [
    /^desk_sign_in\.factor$/,
    'shown',
    'one bit makes no NULL; the ledger has by what somebody came in',
  ],
  [/^desk_factor\.kind$/, 'refused', 'the rule of the table'],
  [/^desk_factor\.secret$/, 'told', 'its seal, which names the account'],
  [
    /^desk_factor\.technician_id$/,
    'weak',
    'the account enrols anew at its next sign-in: the ledger then has an enrolment without a removal before it',
  ],
  [
    /^desk_factor\.counter$/,
    'weak',
    'a code of the last minute may count twice, or a copied key once',
  ],
  [/^desk_factor\.(?:credential_id|public_key|relying_party)$/, 'narrows', 'the key does not fit'],
  [/^desk_factor\./, 'shown', 'the ledger has when it was enrolled and used'],
  [/^desk_factor_challenge\.purpose$/, 'refused', 'the rule of the table'],
  [/^desk_factor_challenge\./, 'narrows', 'the answer does not fit'],
  [/^desk_recovery_code\.(?:code_hash|technician_id|holder)$/, 'narrows', 'the code is not found'],
  [/^desk_recovery_code\./, 'shown', 'a used code stays used: one bit makes no NULL'],
  [/^desk_workstation_posture\.workstation$/, 'narrows', 'a workstation that never reported'],
  [
    /^desk_workstation_posture\.(?:taken_at|posture)$/,
    'weak',
    'a workstation may count as more or less current than it is, until its next report an hour later',
  ],
  [/^desk_workstation_posture\./, 'shown', 'the next change is written to the ledger once more'],
  [
    /^desk_familiar_workstation\./,
    'narrows',
    'tries are counted there with those of all other workstations, until somebody comes in',
  ],
  [/^desk_sign_in\./, 'narrows', 'the sign-in is not found, or has no role'],
  [/^portal_officer\.state$/, 'refused', 'the rule of the table'],
  [
    /^portal_officer\.(?:id|facility|certificate_serial|secret)$/,
    'narrows',
    'the certificate or the seal says otherwise, and no code is taken; which facility is read, the certificate alone says',
  ],
  [/^portal_officer\.counter$/, 'weak', 'a code of the last minute may count twice'],
  [/^portal_officer\./, 'shown', 'the certificate and the ledger have it'],
  [
    /^(?:cart_month|session)_traffic\./,
    'shown',
    'how much a line carried; nothing is decided by it',
  ],
  [/^remote_session\.state$/, 'refused', 'the rule of the table'],
  [
    /^remote_session\./,
    'narrows',
    "the cart asks for its own grant; grant and receipt are the cart's signed words",
  ],
];

/** Finds what protects a column. @throws for a column that is not listed */
export function protectionOf(column: string): Protection {
  const found = COLUMNS.find(([form]) => form.test(column))?.[1];
  if (found === undefined)
    throw new Error(`${column} is not in row-protection.ts: say what protects it from damage`);
  return found;
}
