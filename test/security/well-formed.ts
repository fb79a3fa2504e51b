import type { RouteName, routes } from '../../api/routes.ts';

/**
 * What a client may send to each route, said a second time and without the schemas of `api/contract.ts`, so that a slip
 * in either of them is a difference. NB. A new route has to be described here, or this file is no TypeScript.
 */

export type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;
type NamesOf<Method> = {
  [Name in RouteName]: (typeof routes)[Name]['method'] extends Method ? Name : never;
}[RouteName];

const objectOf =
  (needed: Fields, possible: Fields = {}): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const checks = new Map(Object.entries({ ...possible, ...needed }));
    return (
      Object.keys(needed).every((name) => Object.hasOwn(value, name)) &&
      Object.entries(value).every(([name, part]) => checks.get(name)?.(part) === true)
    );
  };

const isText = (value: unknown): value is string => typeof value === 'string';
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    isText(value) && words.includes(value);
const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
/** Each letter is one of these, and their number is in the range. */
const spelled =
  (letters: string, least: number, most: number): Check =>
  (value) =>
    isText(value) &&
    value.length >= least &&
    value.length <= most &&
    [...value].every((letter) => letters.includes(letter));

const digits = '0123456789';
const small = 'abcdefghijklmnopqrstuvwxyz';
const alphabet = `${small}${small.toUpperCase()}${digits}`;

/** No control or format character, and no half of a pair: but line feed, tab and the two joiners may be. */
function isPlain(value: string): boolean {
  const allowed = ['\n', '\t', '\u200c', '\u200d'];
  return [...value].every((letter) => allowed.includes(letter) || !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(letter));
}
function shownLength(value: string): number {
  const seen = [...value].filter((letter) => letter !== '\u2800' && !/\p{DI}/u.test(letter));
  return seen.join('').trim().length;
}
const prose =
  (least: number, most: number): Check =>
  (value) =>
    isText(value) && value.length <= most && isPlain(value) && shownLength(value) >= least;

const account = spelled(digits, 12, 12);
const role = spelled(`${alphabet}_+=,.@-`, 1, 64);
export const isRequestId = spelled('0123456789abcdefghjkmnpqrstvwxyz', 26, 26);
export const isIdempotencyKey = spelled(`${alphabet}_-`, 8, 64);
const isCursor = spelled(`${alphabet}_-`, 1, 512);
const isSearch: Check = (value) => isText(value) && value.length <= 100 && isPlain(value);
const isInstant: Check = (value) => {
  if (!isText(value) || value.length !== 24) return false;
  const at = new Date(value);
  return !Number.isNaN(at.getTime()) && at.toISOString() === value;
};
const isTicket: Check = (value) =>
  isText(value) &&
  prose(1, 64)(value) &&
  value === value.trim() &&
  !value.includes('\n') &&
  !value.includes('\t');
const isEmail: Check = (value) => {
  if (!isText(value) || value.length > 254 || !isPlain(value) || /\s/.test(value)) return false;
  const parts = value.split('@');
  const forbidden = '<>()[]\\,;:"/?#&%';
  return (
    parts.length === 2 &&
    parts.every((part) => part !== '') &&
    [...value].every((letter) => !forbidden.includes(letter))
  );
};

const terms = { durationMinutes: whole(15, 720), justification: prose(10, 1000) };
const extras = { ticket: isTicket, start: isInstant };
const isTarget = objectOf({ account, role });

interface Form {
  readonly targets: readonly { account: string; role: string }[];
  readonly breakGlass?: boolean;
  readonly extensionOf?: string;
  readonly start?: string;
}

const isForm = (value: unknown): value is Form =>
  objectOf(
    { targets: (targets) => Array.isArray(targets) && targets.every(isTarget), ...terms },
    { ...extras, breakGlass: (glass) => typeof glass === 'boolean', extensionOf: isRequestId },
  )(value);

const isCreation: Check = (form) => {
  if (!isForm(form)) return false;
  const { targets, breakGlass = false, extensionOf, start } = form;
  const names = new Set(targets.map((target) => `${target.account} ${target.role}`));
  const particular = breakGlass || extensionOf !== undefined;
  return (
    names.size === targets.length &&
    targets.length >= 1 &&
    targets.length <= (particular ? 1 : 10) &&
    !(breakGlass && extensionOf !== undefined) &&
    !(particular && start !== undefined)
  );
};

const isReview: Check = (value) => {
  const decision = oneOf('approve', 'reject', 'confirm', 'flag');
  if (!objectOf({ decision, comment: prose(0, 1000), version: whole(1, Number.MAX_SAFE_INTEGER) })(value)) {
    return false;
  }
  const review = value as { decision: string; comment: string };
  return ['approve', 'confirm'].includes(review.decision) || shownLength(review.comment) > 0;
};

export const bodies: Readonly<Record<NamesOf<'POST'>, Check>> = {
  createRequest: isCreation,
  acceptInvitation: objectOf({}),
  cancelRequest: objectOf({}),
  revokeRequest: objectOf({ comment: prose(0, 1000) }),
  reviewRequest: isReview,
  invite: objectOf({ email: isEmail, account, role, ...terms }, extras),
  issueSession: objectOf({ kind: oneOf('console', 'cli') }),
  runPreflight: isTarget,
};

const status = oneOf(
  'invited',
  'pending',
  'scheduled',
  'active',
  'rejected',
  'cancelled',
  'expired',
  'ended',
  'revoked',
);
const kind = oneOf('console', 'cli');
const listed = {
  from: isInstant,
  until: isInstant,
  email: (value: unknown) => isText(value) && value.length >= 1 && value.length <= 254 && isPlain(value),
  account,
  role,
  cursor: isCursor,
};
const ofRequests = { ...listed, status, breakGlass: oneOf('yes', 'no') };

/** A query as one object, each parameter once; every POST takes none. */
export const queries: Readonly<Record<NamesOf<'GET'>, Check>> = {
  getMe: objectOf({}),
  listTargets: objectOf({}, { search: isSearch, cursor: isCursor }),
  listRoles: objectOf({}, { search: isSearch, cursor: isCursor }),
  explainTarget: objectOf({ account, role }, { extensionOf: isRequestId }),
  listRequests: objectOf({}, { status, search: isSearch, cursor: isCursor }),
  getRequest: objectOf({}),
  listReviews: objectOf({ state: oneOf('pending', 'decided', 'unreviewed') }, { cursor: isCursor }),
  listAuditRequests: objectOf({}, ofRequests),
  listAuditSessions: objectOf({}, { ...listed, kind }),
  listEntries: objectOf({}, { cursor: isCursor }),
  exportAudit: objectOf(
    { of: oneOf('requests', 'sessions'), format: oneOf('csv', 'jsonl') },
    { ...ofRequests, kind },
  ),
};
