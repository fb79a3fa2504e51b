/** Why a caller was not recognised, as codes of the API. */
export type UnauthenticatedCode = keyof typeof sentences;

/** NB. Without quotes and backslashes: API Gateway puts them into JSON as they are. */
export const sentences = {
  unauthenticated: 'Sign in again: the tokens of this request were not accepted.',
  'token-expired': 'Your sign-in has expired. Sign in again.',
  'email-missing':
    'Your ID token carries no e-mail address that was verified, without which nobody can tell whether two accounts are one person. Ask whoever manages sign-in to release the e-mail claim for the scope email.',
  'token-too-large':
    'Your tokens are too large to be sent. Ask whoever manages sign-in to put only the groups that begin with aws-temp# into the groups claim.',
  'groups-overage':
    'You are in more groups than your provider puts into a token, so what you may do cannot be known. Ask whoever manages sign-in to put only the groups that begin with aws-temp# into the groups claim.',
  'groups-unreadable':
    'The groups claim of your tokens is not a list of names, so what you may do cannot be known. Ask whoever manages sign-in to send it as a list.',
  'claims-unreadable':
    'A claim of your tokens that the policy asks for is no text and no list of texts, so what you may do cannot be known. Ask whoever manages sign-in to send it as texts.',
} as const;

/** The caller is not recognised: 401. The message is a sentence for the caller. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
  readonly code: UnauthenticatedCode;
  /** For the log. NB. Fixed words only: nothing of a token, and no library's error, whose cause holds the claims. */
  readonly reason: string;

  constructor(code: UnauthenticatedCode, reason: string) {
    super(sentences[code]);
    this.code = code;
    this.reason = reason;
  }
}

/** Nobody can be recognised just now, because the issuer's keys cannot be had: 503. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable';
}
