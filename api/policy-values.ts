import { z } from 'zod';
import { ticketPatternProblem } from './domain/ticket-pattern.ts';
import { limits } from './limits.ts';

/** The values in `policy.yaml`, which are read as what they mean: durations and times of day in minutes. */

const units = { m: 1, h: 60, d: 24 * 60 } as const;
const durationForm = 'a duration is written 30m, 8h or 1d';

/** `30m`, `8h` or `1d`, as minutes. */
export const duration = (min: number, max: number) =>
  text(durationForm)
    .regex(/^[1-9]\d{0,4}[mhd]$/, durationForm)
    .transform((written) => Number(written.slice(0, -1)) * units[written.slice(-1) as keyof typeof units])
    .refine((minutes) => minutes >= min && minutes <= max, `between ${min} and ${max} minutes`);

/** NB. As it is, because it is compared whole: spaces around it are more likely a mistake than meant. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{C}*$/u, 'no control characters')
    .regex(/^\S(.*\S)?$|^$/su, 'no spaces around it');

/** One alone or a list of them: `groups: payments` says the same as `groups: [payments]`. */
export const some = <T extends z.ZodType>(item: T, form = 'write one or a list of them') =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)], otherwise(form));

/** One or some of these words. */
export const someOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  some(z.enum(words), `write one or some of ${words.join(', ')}`);

const accountForm = 'an account id is 12 digits, in quotes';
export const accountId = text(accountForm).regex(/^\d{12}$/, accountForm);
/** IAM API Reference, CreateRole, RoleName. */
export const roleName = z
  .string()
  .regex(/^[A-Za-z0-9_+=,.@-]{1,64}$/, 'a role name has 1 to 64 of A-Z a-z 0-9 _+=,.@-');
export const rolePattern = z
  .string()
  .regex(/^[A-Za-z0-9_+=,.@*-]{1,64}$/, 'a role name, where * stands for any characters');
/** NB. Other fields have patterns, so whoever writes a star here means one, and would match nobody. */
const whole = line(256).refine((name) => !name.includes('*'), 'compared whole: * stands for nothing here');
export const group = whole;
export const groupPattern = line(256);
export const claims = z.record(line(64), some(whole));
export const tagsWanted = z
  .record(line(128), z.string().max(256))
  .refine((named) => Object.keys(named).length > 0, 'name at least one tag');
export const tags = z.record(line(128), z.string().max(256));
export const unitPath = z
  .string()
  .regex(/^(\/[^/]+)+$|^\/$/, 'the path of an organisational unit is written /Workloads/Production');

const contact = line(200)
  .optional()
  .describe('Whom to ask when AWS refuses a session: Platform team, #aws-help.');

export const account = z.strictObject({
  id: accountId,
  name: line(100).optional(),
  ou: unitPath.optional(),
  tags: tags.optional(),
  roles: some(roleName).optional().describe('The roles that this account has beside those of all.'),
  contact,
});

/** What `aws organizations` lists, with the path of the organisational unit and the tags; other fields are ignored. */
export const organization = z.object({
  Accounts: z.array(
    z.object({
      Id: accountId,
      Name: line(100),
      Status: z.string().optional(),
      State: z.string().optional(),
      OrganizationalUnit: unitPath.default('/'),
      Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
    }),
  ),
});

/** NB. Visible ASCII without quotes: it stands in a challenge, quoted, in a list with spaces (RFC 9470, section 3). */
const signInWord = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'a word without spaces and quotes, as the provider writes it');
/** NB. In less than five minutes nobody signs in and goes on, and clocks differ by up to one. */
const signIn = z
  .strictObject({
    maxAge: duration(5, limits.signInAge.maxMinutes)
      .optional()
      .describe('How long ago the sign-in may have been: 15m, 8h.'),
    acr: some(signInWord).optional().describe('Levels of the provider, the preferred first: one of them.'),
    amr: some(signInWord).optional().describe('Methods, as in RFC 8176 (mfa, otp, hwk): all of them.'),
  })
  .refine(({ maxAge, acr, amr }) => Boolean(maxAge ?? acr ?? amr), 'asks nothing: name maxAge, acr or amr');
const stepUp = z
  .strictObject({
    review: signIn.optional().describe('To approve, reject, confirm or flag, and to invite.'),
    revoke: signIn.optional().describe("To revoke another person's access; never to end one's own."),
    issue: signIn.optional().describe('To start a session.'),
  })
  .default({})
  .describe('What a sign-in has to be like for an action, for everybody.');

const clockForm = 'a time of day is written 09:00, in quotes';
export const clock = text(clockForm)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: clockForm, abort: true })
  .transform((written) => Number(written.slice(0, 2)) * 60 + Number(written.slice(3)));

export const zone = z.string().refine(isZone, 'there is no such time zone: one is written Europe/Berlin');

/** Asked of ECMA-402's own list, so that the zone is one that `approval.ts` can count in. */
function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

export const ticketPattern = z
  .string()
  .min(1)
  .max(200)
  .superRefine((pattern, context) => {
    const message = ticketPatternProblem(pattern, limits.ticket.max);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** A text, with words for whatever else stands there. */
function text(form: string) {
  return z.string(otherwise(form));
}

/** Words for what has another shape, or is not there. */
export function otherwise(form: string) {
  return { error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : form) };
}

const most = (what: string) => z.int().min(1).max(100_000).optional().describe(what);

/** What applies to everybody, whatever rule they ask under. */
export const forEverybody = {
  contact,
  quotas: z
    .strictObject({
      sessionsPerRequest: most('How many sessions one request may have.'),
      sessionsPerHour: most('How many sessions one person may start in an hour.'),
      requestsPerHour: most('How many requests one person may make in an hour.'),
      requestsPerDay: most('How many requests one person may make in a day.'),
      breakGlassPerHour: most('How often one person may break the glass in an hour.'),
      invitationsPerHour: most('How many people one reviewer may invite in an hour.'),
      preflightsPerHour: most('How many target roles one operator may check in an hour.'),
    })
    .default({})
    .describe('The most of what costs others something; nobody honest meets the defaults.'),
  stepUp,
};
