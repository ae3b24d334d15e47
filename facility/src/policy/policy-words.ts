/** A policy in sentences, for who signs it and who compares it. */
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';

type Files = FacilityPolicyDocument['files']['fetch'];

const MASK_WORDS = {
  off: 'as the cart is configured',
  configured: 'at least what masks name, and all of a layout that is not known',
  strict: 'everything that masks do not call clear',
} as const;

/** Says what a policy allows, a line each. */
export function policyWords(policy: FacilityPolicyDocument): readonly string[] {
  const { hours, carts, groups, secondApproval, deIdentificationRequired, regionTemplates } =
    policy;
  const { atLeast, mayUnmask } = policy.screenMasks ?? { atLeast: 'off', mayUnmask: true };
  return [
    `${policy.facility}, version ${policy.version}, from ${policy.validFrom} until ${policy.validUntil}`,
    `Carts: ${carts === 'every' ? 'every cart with this key' : list(carts)}`,
    ...(hours === 'always' ? ['Hours: always'] : hoursWords(hours)),
    `Activities: ${list(policy.activities)}`,
    ...groups.map(
      ({ name, technicians, workstations, activities }) =>
        `Group ${name}: ${who(technicians, 'technicians')}, ${who(workstations, 'workstations')}; ${list(activities)}`,
    ),
    ...(groups.length === 0 ? ['No group: nobody is let in'] : []),
    `Fetched from a cart: ${filesWords(policy.files.fetch)}`,
    `Sent to a cart: ${filesWords(policy.files.send)}`,
    `De-identified before it leaves the cart: ${deIdentificationRequired ? 'required' : 'as the case says'}`,
    `Images de-identified by region templates: ${regionTemplates.length === 0 ? 'none; no image can be' : list(regionTemplates)}`,
    `Covered of the screen: ${MASK_WORDS[atLeast]}; ${mayUnmask ? 'the operator may show a part' : 'nobody shows a part'}`,
    secondApproval === null
      ? 'Second approval: none'
      : `Second approval for ${list(secondApproval.activities)} by ${list(secondApproval.approvers.map(({ id, name }) => `${name} (${id})`))}`,
  ];
}

function hoursWords(hours: Exclude<FacilityPolicyDocument['hours'], 'always'>): readonly string[] {
  const days = Object.entries(hours.week).map(([day, windows]) => `${day} ${list(windows ?? [])}`);
  const exceptions = hours.exceptions.map(({ date, windows }) => `${date} ${list(windows)}`);
  return [
    `Hours (${hours.timeZone}): ${days.length === 0 ? 'never' : days.join('; ')}`,
    ...(exceptions.length === 0 ? [] : [`Otherwise: ${exceptions.join('; ')}`]),
    hours.mayFinish
      ? 'A session may go on when a window closes'
      : 'A session ends when a window closes',
  ];
}

function filesWords({ allowed, refused }: Files): string {
  const not = refused.length === 0 ? '' : `, never ${list(refused)}`;
  if (allowed === 'any') return `any file${not}`;
  if (allowed.length === 0) return 'nothing';
  const types = allowed.map(
    ({ endings, kinds }) => `${list(endings)} that is ${kinds.join(' or ')}`,
  );
  return `${types.join('; ')}${not}`;
}

function who(members: 'every' | readonly string[], what: string): string {
  return members === 'every' ? `all ${what}` : `${what} ${list(members)}`;
}

function list(parts: readonly string[]): string {
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
