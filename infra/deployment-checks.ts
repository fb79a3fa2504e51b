import { identityProfiles, plainProfileOf } from '../api/http/identity-profiles.ts';
import type { PolicyProblem } from '../api/policy.ts';
import { contrast, enough } from './contrast.ts';
import type { DeploymentFile, profileNames } from './deployment-file.ts';

/** What the fields of `deployment.yaml` have to be to one another. */

/** Parts of the file that were well written: beside one that was not, the others are looked at all the same. */
export type Known<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Known<T[Key]> | undefined }
    : T;
type File = Known<DeploymentFile>;

/** A problem at a place: it is one of `path`, or undefined where all is well. */
type Found = PolicyProblem | undefined | false;

const at = (path: PolicyProblem['path'], message: string): PolicyProblem => ({ path, message });

export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn';

/** The partition of a region; undefined: one that Stepladder does not know. */
export function partitionOf(region: string): Partition | undefined {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('cn-')) return 'aws-cn';
  return /-iso[a-z]*-/.test(region) || region.startsWith('eusc-') ? undefined : 'aws';
}

type Profile = (typeof profileNames)[number];
const basicScope = 'openid profile email';

/** What the pages ask of each provider where the file does not say: infra/identity/README.md. */
export const usualIdentity: Readonly<
  Record<Profile, { scope: (audience: string) => string; resource: boolean }>
> = {
  generic: { scope: () => basicScope, resource: false },
  keycloak: { scope: () => basicScope, resource: false },
  cognito: { scope: () => basicScope, resource: true },
  okta: { scope: () => `${basicScope} offline_access`, resource: false },
  entra: { scope: (audience) => `${basicScope} offline_access api://${audience}/access`, resource: false },
};

/** Every problem between fields, as far as they can be told of what is known. */
export function checkDeployment(file: File): PolicyProblem[] {
  const found: Found[] = [
    ...placeProblems(file),
    ...whoProblems(file),
    ...identityProblems(file.identity ?? {}),
    ...domainProblems(file),
    ...targetProblems(file.targets ?? {}),
    ...networkProblems(file),
    ...notificationProblems(file),
    ...colourProblems(file.branding?.colours ?? {}),
  ];
  return found.filter((one) => one !== undefined && one !== false);
}

function placeProblems({ region, network, saml }: File): Found[] {
  if (region === undefined) return [];
  const partition = partitionOf(region);
  return [
    partition === undefined &&
      at(['region'], 'Stepladder knows the partitions aws, aws-us-gov and aws-cn: take a region of theirs'),
    (partition === 'aws-us-gov' || partition === 'aws-cn') &&
      network === undefined &&
      at(
        ['region'],
        `in ${region} there is no CloudFront to put in front: add network, and the pages are served in a VPC`,
      ),
    partition === 'aws-cn' &&
      saml !== undefined &&
      at(['saml'], 'in China Amazon Cognito has no user pools: use an OpenID provider, under identity'),
  ];
}

function whoProblems({ identity, saml }: File): Found[] {
  if (identity !== undefined && saml !== undefined) {
    return [at(['saml'], 'people sign in at one provider: write identity or saml, not both')];
  }
  const neither = identity === undefined && saml === undefined;
  return [neither && at([], 'write identity, the OpenID provider, or saml, where there is only SAML')];
}

function identityProblems(identity: NonNullable<File['identity']>): Found[] {
  const { profile, issuer, clientId, audience, scope } = identity;
  const scopes = new Set(scope?.split(' '));
  const lacking = ['openid', 'email'].filter((one) => !scopes.has(one));
  return [
    audience !== undefined &&
      audience === clientId &&
      at(
        ['identity', 'audience'],
        'has to be another than clientId, or an ID token could pass for an access token',
      ),
    ...(profile === undefined || issuer === undefined ? [] : issuerProblems(profile, issuer)),
    scope !== undefined &&
      lacking.length > 0 &&
      at(['identity', 'scope'], `without ${lacking.join(' and ')} nobody is recognised: add it`),
    ...(profile === undefined ? [] : profileProblems(profile, identity, scopes)),
  ];
}

function issuerProblems(profile: Profile, issuer: string): Found[] {
  const url = new URL(issuer);
  const plain = plainProfileOf(url);
  if (!identityProfiles[profile].issuerPath.test(url.pathname)) {
    const means = plain === undefined || plain === profile ? '' : `; this one is of ${plain}`;
    return [
      at(
        ['identity', 'issuer'],
        `no issuer of ${profile} is written like that${means}: see infra/identity/README.md`,
      ),
    ];
  }
  return [
    profile === 'generic' &&
      plain !== undefined &&
      at(['identity', 'profile'], `this issuer's tokens have a profile of their own: write ${plain}`),
  ];
}

function profileProblems(
  profile: Profile,
  { audience, resource, origins }: NonNullable<File['identity']>,
  scopes: ReadonlySet<string>,
): Found[] {
  const usual = usualIdentity[profile];
  return [
    resource !== undefined &&
      profile !== 'generic' &&
      resource !== usual.resource &&
      at(
        ['identity', 'resource'],
        resource
          ? `${profile} does not know it, and may refuse people for it: leave it out`
          : 'without it the access tokens of Amazon Cognito are for no API in particular: leave it out',
      ),
    (profile === 'keycloak' || profile === 'cognito') &&
      scopes.has('offline_access') &&
      at(['identity', 'scope'], `${profile} gives a refresh token without offline_access: leave it out`),
    profile === 'cognito' &&
      origins?.length === 0 &&
      at(['identity'], "Amazon Cognito's token endpoint is at the user pool's domain: write it as origins"),
    profile === 'cognito' &&
      audience !== undefined &&
      !audience.startsWith('https://') &&
      at(['identity', 'audience'], 'a resource server of Amazon Cognito is asked for by an https address'),
    profile === 'entra' &&
      audience !== undefined &&
      !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(audience) &&
      at(['identity', 'audience'], "has to be the client id of the API's registration, a UUID in lower case"),
  ];
}

function domainProblems({ domain, region, account, network }: File): Found[] {
  const [, partition, , certificateRegion, certificateAccount] = domain?.certificate?.split(':') ?? [];
  const path = ['domain', 'certificate'];
  return [
    network !== undefined &&
      domain === undefined &&
      at(['network'], 'in a network of your own the pages need a name and its certificate: add domain'),
    certificateAccount !== undefined &&
      account !== undefined &&
      certificateAccount !== account &&
      at(path, `is of another account: make one in ${account}`),
    certificateRegion !== undefined &&
      region !== undefined &&
      (network === undefined
        ? certificateRegion !== 'us-east-1' &&
          at(path, 'CloudFront takes certificates of us-east-1 alone: make one there')
        : certificateRegion !== region &&
          at(path, `the load balancer takes certificates of ${region} alone: make one there`)),
    partition !== undefined &&
      region !== undefined &&
      partition !== partitionOf(region) &&
      at(path, `is of another partition: ${region} is in ${partitionOf(region) ?? 'none that is known'}`),
  ];
}

function targetProblems({ path, revoker, boundary, endLiveSessions }: NonNullable<File['targets']>): Found[] {
  if (path === undefined || endLiveSessions !== true) return [];
  const inside = (name: string | undefined) => name?.startsWith(path) === true;
  const message = `lies below ${path}, where the target roles are, and who becomes those must not reach it: give it another path`;
  return [
    inside(revoker) && at(['targets', 'revoker'], message),
    inside(boundary) && at(['targets', 'boundary'], message),
  ];
}

function networkProblems({ network, region }: File): Found[] {
  const subnets = network?.subnets ?? [];
  const elsewhere = subnets.findIndex(({ zone }) => region !== undefined && zone.slice(0, -1) !== region);
  const zones = new Set(subnets.map(({ zone }) => zone));
  const twice = subnets.findIndex(({ id }, index) => subnets.findIndex((one) => one.id === id) !== index);
  return [
    elsewhere !== -1 && at(['network', 'subnets', elsewhere, 'zone'], `is no zone of ${region}`),
    twice !== -1 && at(['network', 'subnets', twice, 'id'], 'the same subnet twice'),
    subnets.length > 1 &&
      zones.size === 1 &&
      at(['network', 'subnets'], 'all in one zone: name subnets of two zones, a load balancer needs them'),
  ];
}

function notificationProblems({ notifications, region }: File): Found[] {
  const { reviewers, chat } = notifications ?? {};
  const partition = region === undefined ? undefined : partitionOf(region);
  return [
    reviewers?.length === 0 &&
      chat === undefined &&
      at(['notifications'], 'nobody would hear that a request waits: name reviewers, or chat'),
    chat !== undefined &&
      partition !== undefined &&
      partition !== 'aws' &&
      at(
        ['notifications', 'chat'],
        'Amazon Q Developer in chat applications is not in this partition: use reviewers',
      ),
  ];
}

/** What stands behind links and buttons, in `web/ui/theme.css`: `--page` and `--shade`. */
export const grounds = { light: ['#ffffff', '#f6f6f9'], dark: ['#161d26', '#1b232d'] } as const;

function colourProblems(
  colours: Readonly<Partial<Record<keyof typeof grounds, string | undefined>>>,
): Found[] {
  return (['light', 'dark'] as const).map((mode) => {
    const colour = colours[mode];
    if (colour === undefined) return undefined;
    const least = Math.min(...grounds[mode].map((ground) => contrast(colour, ground)));
    if (least >= enough) return undefined;
    const change = mode === 'light' ? 'darker' : 'lighter';
    const found = Math.floor(least * 10) / 10;
    return at(
      ['branding', 'colours', mode],
      `hard to read on a ${mode} page (contrast ${found}, needed ${enough}): take a ${change} one`,
    );
  });
}
