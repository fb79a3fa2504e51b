import { formatDuration } from './format.ts';
import { Problem } from './problem.ts';

/** The API's code for an action that needs a newer or stronger sign-in. */
export const stepUpCode = 'insufficient-user-authentication';
/** A new sign-in did not help. */
export const notEnoughCode = 'sign-in-not-enough';

export type Evidence = Problem['evidence'];

const actions: Record<string, string> = {
  review: 'Reviewing',
  revoke: "Revoking somebody else's access",
  issue: 'Starting a session',
};

/** RFC 8176, section 2, as far as somebody might ask for it. */
const methods: Record<string, string> = {
  face: 'face recognition',
  fpt: 'a fingerprint',
  hwk: 'a hardware key',
  mfa: 'a second factor',
  otp: 'a one-time password',
  pin: 'a PIN',
  pwd: 'a password',
  sc: 'a smart card',
  sms: 'a code by text message',
  swk: 'a software key',
};

/** "Reviewing needs a sign-in of the last 15 min with a second factor." */
export function needInWords(evidence: Evidence): string {
  const { maxAgeSeconds } = evidence;
  const [levels, wanted] = [listOf(evidence.acr), listOf(evidence.amr)];
  const what = [
    'a sign-in',
    ...(typeof maxAgeSeconds === 'number' ? [`of the last ${formatDuration(maxAgeSeconds / 60)}`] : []),
    ...(wanted.length > 0 ? [`with ${wanted.map(methodInWords).join(' and ')}`] : []),
    ...(levels.length > 0 ? [`at the level ${levels.map((level) => `"${level}"`).join(' or ')}`] : []),
  ];
  return `${actions[String(evidence.action)] ?? 'This'} needs ${what.join(' ')}.`;
}

function methodInWords(method: string): string {
  return Object.hasOwn(methods, method) ? String(methods[method]) : `the method "${method}"`;
}

/** A list in the evidence; nothing where there is none. */
export function listOf(value: Evidence[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

/** The person would rather not sign in just now. */
export function notConfirmed({ evidence, correlationId, status }: Problem): Problem {
  return new Problem({
    status,
    code: stepUpCode,
    title: 'Not done yet',
    detail: `${needInWords(evidence)} Nothing was sent, and what you typed is still here: try again when you can sign in.`,
    evidence: {},
    correlationId,
  });
}

/** The person did sign in, and the provider still does not say what is asked for. */
export function notEnough({ evidence, correlationId, status }: Problem): Problem {
  const missing = listOf(evidence.missing);
  const lacks = [
    ...(missing.includes('maxAge') ? ['that you signed in just now'] : []),
    ...(missing.includes('amr')
      ? [`a sign-in with ${listOf(evidence.amr).map(methodInWords).join(' and ')}`]
      : []),
    ...(missing.includes('acr') ? [`a sign-in at the level ${listOf(evidence.acr).join(' or ')}`] : []),
  ];
  return new Problem({
    status,
    code: notEnoughCode,
    title: 'Your new sign-in is not enough',
    detail: `${needInWords(evidence)} You signed in again, but your sign-in provider did not confirm ${lacks.join(', ')}. Nothing was done. Ask whoever manages sign-in for you whether your account can give that.`,
    evidence: {},
    correlationId,
  });
}
