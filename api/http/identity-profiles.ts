/**
 * What providers write differently into their tokens. A profile only ever asks for more: what `identity.ts` demands of
 * every token, it demands under each of them. How a provider is set up to fit is in infra/identity/README.md.
 */

export type TokenKind = 'access' | 'id';

/** A claim that holds groups. */
export interface GroupClaim {
  readonly claim: string;
  /** The group as policies name it; undefined where this provider's groups are not written like that. */
  readonly group: (value: string) => string | undefined;
}

export interface IdentityProfile {
  /** What the path of this provider's issuers looks like, to find a mistake before the first sign-in does. */
  readonly issuerPath: RegExp;
  /** The claims that name the person: the same value in both tokens, for one person. */
  readonly person: Readonly<Record<TokenKind, string>>;
  /** Claims of the access token: every one that is there has to be the client id, and one has to be there. */
  readonly client: readonly string[];
  /** What a token has to say of itself, letter by letter. @param issuerPath path of the issuer identifier */
  readonly marks: (issuerPath: string) => Readonly<Record<TokenKind, Readonly<Record<string, string>>>>;
  readonly groups: {
    readonly claims: readonly GroupClaim[];
    /** The tokens that may name groups: the first that says anything of groups is the one that counts. */
    readonly from: readonly TokenKind[];
    /** A list of this length may have been cut off without a word. */
    readonly cutAt: number;
  };
  /** The claim of the ID token that says whether the e-mail is the person's, and what it means where it is missing. */
  readonly emailVerified: { readonly claim: string; readonly unsaid: boolean };
}

const asWritten = (value: string) => value;
const unmarked = () => ({ access: {}, id: {} });
const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/**
 * OpenID Connect Core 1.0, section 2 (sub, azp), and RFC 9068, section 2.2 (client_id). An e-mail counts unless the
 * provider says that nobody checked it.
 */
const generic: IdentityProfile = {
  issuerPath: /^/,
  person: { access: 'sub', id: 'sub' },
  client: ['client_id', 'azp'],
  marks: unmarked,
  groups: {
    claims: [{ claim: 'groups', group: asWritten }],
    from: ['access', 'id'],
    cutAt: Number.POSITIVE_INFINITY,
  },
  emailVerified: { claim: 'email_verified', unsaid: true },
};

/**
 * Keycloak Server Administration Guide, "Protocol mappers" and "Audience support". Both of its tokens have one header
 * type, so the claim `typ` tells them apart. NB. Groups by their whole path: without it, whoever manages any group may
 * make a group below it that is called like one of ours.
 */
const keycloak: IdentityProfile = {
  ...generic,
  issuerPath: /\/realms\/[^/]+$/,
  client: ['azp'],
  marks: () => ({ access: { typ: 'Bearer' }, id: { typ: 'ID' } }),
  groups: {
    claims: [{ claim: 'groups', group: (path) => (path.startsWith('/') ? path.slice(1) : undefined) }],
    from: ['access'],
    cutAt: Number.POSITIVE_INFINITY,
  },
  emailVerified: { claim: 'email_verified', unsaid: false },
};

/**
 * Amazon Cognito Developer Guide, "Understanding the access token" and "Understanding the identity (ID) token". NB. An
 * access token has `aud` only where the app asked for a resource (RFC 8707). One without it is for no API in particular
 * and is refused; those that the user pool's own API hands out (InitiateAuth) never have it.
 */
const cognito: IdentityProfile = {
  ...generic,
  issuerPath: /^\/[\w-]+_[0-9A-Za-z]+$/,
  client: ['client_id'],
  marks: () => ({ access: { token_use: 'access' }, id: { token_use: 'id' } }),
  groups: {
    claims: [{ claim: 'cognito:groups', group: asWritten }],
    from: ['access'],
    cutAt: Number.POSITIVE_INFINITY,
  },
  emailVerified: { claim: 'email_verified', unsaid: false },
};

/**
 * Okta, "OpenID Connect & OAuth 2.0", of a custom authorization server: `sub` of an access token is the login, which
 * can be changed; `uid` is the user, as `sub` is in the ID token. The organisation's own server makes tokens for Okta
 * itself, and its issuer has no path. NB. A groups claim by filter ends after 100 groups without saying so.
 */
const okta: IdentityProfile = {
  ...generic,
  issuerPath: /^\/oauth2\/[^/]+$/,
  person: { access: 'uid', id: 'sub' },
  client: ['cid'],
  groups: { claims: [{ claim: 'groups', group: asWritten }], from: ['access'], cutAt: 100 },
};

/**
 * Microsoft identity platform, "Access token claims reference", "ID token claims reference" and "Optional claims
 * reference": version 2.0 tokens of one tenant. `sub` is another for each application, so `oid` in the tenant `tid` is
 * the person. Groups are the API's app roles, and object ids of groups: a group's display name is not unique and its
 * owner changes it, so a name in `groups` is refused. The e-mail is whatever a directory says, also one that is not
 * ours: it counts only where `xms_edov` says that its domain's owner stands for it.
 */
const entra: IdentityProfile = {
  issuerPath: new RegExp(`^/${guid}/v2\\.0$`),
  person: { access: 'oid', id: 'oid' },
  client: ['azp'],
  marks: (issuerPath) => {
    const marks = { ver: '2.0', tid: String(issuerPath.split('/')[1]) };
    return { access: marks, id: marks };
  },
  groups: {
    claims: [
      { claim: 'roles', group: asWritten },
      { claim: 'groups', group: (id) => (new RegExp(`^${guid}$`).test(id) ? id : undefined) },
    ],
    from: ['access'],
    cutAt: Number.POSITIVE_INFINITY,
  },
  emailVerified: { claim: 'xms_edov', unsaid: false },
};

/** By the values of the variable OIDC_PROFILE. */
export const identityProfiles = { generic, keycloak, cognito, okta, entra } as const satisfies Record<
  string,
  IdentityProfile
>;
export type ProfileName = keyof typeof identityProfiles;

const plainIssuers: readonly (readonly [ProfileName, RegExp])[] = [
  ['keycloak', /\/realms\/[^/]+$/],
  ['cognito', /^(?:[a-z-]+-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\//],
  ['okta', /^[^/]+\.(?:okta|oktapreview|okta-emea|okta-gov)\.com\/|^[^/]+\.okta\.mil\//],
  [
    'entra',
    /^(?:login|sts)\.(?:(?:partner\.)?microsoftonline\.(?:com|us|cn)|windows\.net|chinacloudapi\.cn)\//,
  ],
];

/**
 * Whose issuer it plainly is, by host and path, so that nobody takes it as `generic`, which asks for less. NB. Behind a
 * domain of one's own, Okta and Cognito look like any provider.
 */
export function plainProfileOf({ hostname, pathname }: URL): ProfileName | undefined {
  return plainIssuers.find(([, issuer]) => issuer.test(hostname + pathname))?.[0];
}
