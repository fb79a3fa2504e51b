import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import {
  configOf,
  domain,
  files,
  folder,
  network,
  own,
  type Parts,
  problems,
  problemsIn,
  removeFolder,
  us,
} from './deployment-text.ts';

afterAll(removeFolder);

describe('a file that says only what it has to', () => {
  const { policy, ...config } = configOf();
  test('gets every default', () => {
    expect(config).toEqual({
      name: 'stepladder',
      account: '999988887777',
      region: 'eu-central-1',
      partition: 'aws',
      identity: {
        kind: 'openid',
        profile: 'keycloak',
        issuer: 'https://id.example.com/realms/staff',
        clientId: 'web',
        audience: 'api',
        scope: 'openid profile email',
        resource: null,
        origins: ['https://id.example.com'],
      },
      notifications: { reviewers: ['reviewers@example.com'] },
      alarms: { address: ['ops@example.com'] },
      targets: {
        path: '/stepladder/',
        externalIds: ['stepladder:prod'],
        endLiveSessions: false,
        boundary: '/stepladder-control/StepladderBoundary',
        revoker: '/stepladder-control/StepladderRevoker',
      },
      retention: { logs: 365, backups: 35 },
      branding: { title: 'Stepladder' },
      traffic: { perAddress: 5000, rate: 100, burst: 200, secret: 1 },
    });
  });
  test('brings the policy that it names, compiled and as the Lambdas get it', () => {
    expect(policy.policy.rules.map(({ rule: { id } }) => id)).toEqual(['a']);
    expect(policy.document).toMatchObject({ rules: [{ id: 'a' }] });
  });
});

describe('what a file may say', () => {
  test.each([
    ['eu-central-1', 'aws'],
    ['ap-southeast-7', 'aws'],
    ['mx-central-1', 'aws'],
    ['il-central-1', 'aws'],
  ])('the region %s of the partition %s', (region, partition) => {
    expect(configOf({ region })).toMatchObject({ region, partition });
  });
  test.each([
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-northwest-1', 'aws-cn'],
  ])('the region %s of the partition %s, in a network', (region, partition) => {
    const there = (text: string) =>
      text.replaceAll('eu-central-1', region).replace('arn:aws:', `arn:${partition}:`);
    const parts = { region, network: there(network()), domain: there(domain(own)) };
    expect(configOf(parts)).toMatchObject({ partition, network: { people: ['10.0.0.0/8'] } });
  });
  const id = (profile: string, issuer: string, more: string) =>
    configOf({ identity: `{ profile: ${profile}, issuer: "${issuer}", clientId: web, ${more} }` }).identity;
  test('what the pages ask a provider for, each in its way', () => {
    const guid = '01234567-89ab-cdef-0123-456789abcdef';
    expect(id('entra', `https://login.microsoftonline.com/${guid}/v2.0`, `audience: ${guid}`)).toMatchObject({
      scope: `openid profile email offline_access api://${guid}/access`,
      resource: null,
      origins: ['https://login.microsoftonline.com'],
    });
    expect(id('okta', 'https://example.okta.com/oauth2/aus1', 'audience: api')).toMatchObject({
      scope: 'openid profile email offline_access',
      resource: null,
    });
    expect(
      id(
        'cognito',
        'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123',
        'audience: "https://api.example.com", origins: "https://acme.auth.eu-central-1.amazoncognito.com"',
      ),
    ).toMatchObject({
      scope: 'openid profile email',
      resource: 'https://api.example.com',
      origins: [
        'https://cognito-idp.eu-central-1.amazonaws.com',
        'https://acme.auth.eu-central-1.amazoncognito.com',
      ],
    });
    expect(
      id('generic', 'https://id.example.com', 'audience: api, resource: true, scope: "openid email groups"'),
    ).toMatchObject({ scope: 'openid email groups', resource: 'api' });
  });
  test('a SAML provider, by address or file', () => {
    const saml = (metadata: string) =>
      configOf({ identity: '', saml: `{ metadata: "${metadata}", domain: acme }` }).identity;
    expect(saml('https://idp.example.com/metadata')).toMatchObject({
      kind: 'saml',
      metadata: { url: 'https://idp.example.com/metadata' },
    });
    expect(saml('metadata.xml')).toMatchObject({ metadata: { xml: files['metadata.xml'] } });
  });
  test('two external ids while they are changed, the current one first', () => {
    expect(configOf({ targets: '{ path: /a/, externalId: [old, new] }' }).targets.externalIds).toEqual([
      'old',
      'new',
    ]);
  });
  test('a logo, which is sought beside the file', () => {
    expect(configOf({ branding: '{ title: Ladder, logo: logo.svg }' }).branding.logo).toBe(
      join(folder, 'logo.svg'),
    );
  });
  test('a certificate of us-east-1 for CloudFront', () => {
    expect(configOf({ domain: domain(us) }).domain?.certificate).toBe(us);
  });
});

describe('what is wrong is said where it is', () => {
  test('everything at once, in the order of the files', () => {
    expect(
      problemsIn(
        {
          name: 'Stepladder',
          account: '999988887777',
          region: 'us-gov-west-1',
          identity:
            '{ profile: keycloak, issuer: "https://id.example.com", clientId: web, audience: web, colour: red }',
          policy: 'broken.yaml',
          notifications: '{ reviewers: "Reviewers <r@example.com>" }',
          alarms: '{}',
          targets: '{ path: stepladder, externalId: [a, a], endLiveSessions: "yes" }',
          domain: domain('certificate'),
          branding: '{ logo: nothing.svg, colours: { light: blue } }',
          retention: '{ logs: 366, backups: 36 }',
        },
        'toString: 1\nname: again\n',
      ),
    ).toEqual([
      'broken.yaml:3:7: rules.0.id: an id has lower-case letters, digits and hyphens',
      'broken.yaml:4:1: rulez: there is no such field',
      'deployment.yaml:1:1: account: an account id is 12 digits, in quotes',
      'deployment.yaml:2:1: region: in us-gov-west-1 there is no CloudFront to put in front: add network, and the pages are served in a VPC',
      'deployment.yaml:3:32: identity.issuer: no issuer of keycloak is written like that: see infra/identity/README.md',
      'deployment.yaml:3:81: identity.audience: has to be another than clientId, or an ID token could pass for an access token',
      'deployment.yaml:3:96: identity.colour: there is no such field',
      'deployment.yaml:5:18: notifications.reviewers: a mail address is written team@example.com',
      'deployment.yaml:6:1: alarms.address: is missing',
      'deployment.yaml:7:12: targets.path: a path begins and ends with /',
      'deployment.yaml:7:43: targets.externalId.0: an external id is 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-',
      'deployment.yaml:7:46: targets.externalId.1: an external id is 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-',
      'deployment.yaml:7:50: targets.endLiveSessions: write true or false',
      'deployment.yaml:9:41: domain.certificate: a certificate is written arn:aws:acm:REGION:ACCOUNT:certificate/ID',
      'deployment.yaml:10:13: branding.logo: nothing.svg could not be read: there is no such file',
      'deployment.yaml:10:32: branding.colours.dark: is missing',
      'deployment.yaml:10:43: branding.colours.light: a colour is written "#006ce0"',
      'deployment.yaml:11:14: retention.logs: write one of the days that CloudWatch Logs takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
      'deployment.yaml:11:25: retention.backups: at most 35',
      'deployment.yaml:12:1: toString: there is no such field',
      'deployment.yaml:13:1: the file: Map keys must be unique',
    ]);
  });
  test.each([
    ['a file that is not there', 'nowhere.yaml', 'could not be read: there is no such file'],
    ['a folder', 'folder', 'could not be read: it is a folder'],
    ['an empty file', 'empty.yaml', 'write a part with fields'],
    ['a list', 'list.yaml', 'write a part with fields'],
    ['no YAML', 'metadata.xml', /./],
  ])('%s', (_, name, message) => {
    writeFileSync(join(folder, 'empty.yaml'), '');
    writeFileSync(join(folder, 'list.yaml'), '- a\n');
    const reading = readConfig(join(folder, name));
    expect(reading).toMatchObject({ ok: false, problems: [expect.objectContaining({ line: 1, column: 1 })] });
    expect(reading.ok ? '' : reading.problems[0]?.message).toMatch(message);
  });
});

describe('a value that is refused', () => {
  const accountForm = 'account: an account id is 12 digits, in quotes';
  const nameForm = 'name: a name has up to 20 lower-case letters, digits and hyphens';
  const issuer = (written: string) => ({
    identity: `{ profile: generic, issuer: "${written}", clientId: web, audience: api }`,
  });
  const issuerForm = 'identity.issuer: an address is written https://host/path';
  const origins = (written: string) => ({
    identity: `{ profile: generic, issuer: "https://id.example.com", clientId: web, audience: api, origins: ["${written}"] }`,
  });
  const originForm = 'identity.origins.0: an origin is written https://id.example.com, without a path';
  const targets = (more: string) => ({ targets: `{ path: /a/, externalId: abc, ${more} }` });
  test.each<[Parts, string]>([
    [{ account: '999988887777' }, accountForm],
    [{ account: '"9999"' }, accountForm],
    [{ account: '"９９９９８８８８７７７７"' }, accountForm],
    [{ account: '' }, 'account: is missing'],
    [{ name: 'Stepladder' }, nameForm],
    [{ name: 'a'.repeat(33) }, nameForm],
    [{ name: 'a-' }, nameForm],
    [{ region: 'Frankfurt' }, 'region: a region is written eu-central-1'],
    [{ region: '"eu-central-1 "' }, 'region: a region is written eu-central-1'],
    [{ region: 'eu-central-1a' }, 'region: a region is written eu-central-1'],
    [issuer('http://id.example.com'), issuerForm],
    [issuer('http://localhost:3000'), issuerForm],
    [issuer('https://id.example.com?a=b'), issuerForm],
    [issuer('https://id.example.com/#a'), issuerForm],
    [issuer('https://me:secret@id.example.com'), issuerForm],
    [issuer('https://id.example.com; script-src *'), issuerForm],
    [issuer('https://'), issuerForm],
    [issuer('https://id.example.com:99999'), 'identity.issuer: there is no such address'],
    [origins('https://id.example.com/'), originForm],
    [origins('https://*.example.com'), originForm],
    [origins("https://id.example.com 'unsafe-inline'"), originForm],
    [origins('https://id.example.com; script-src *'), originForm],
    [origins('http://id.example.com'), originForm],
    [
      targets('boundary: StepladderBoundary'),
      'targets.boundary: written with its path, as /stepladder-control/StepladderBoundary',
    ],
    [targets('endLiveSessions: 1'), 'targets.endLiveSessions: write true or false'],
    [{ targets: '{ path: /a/, externalId: [abc, abc] }' }, 'targets.externalId: the same twice: write one'],
    [{ targets: '{ path: /a/ }' }, 'targets.externalId: is missing'],
    [
      { targets: '{ path: /a/, externalId: [aa, bb, cc] }' },
      'targets.externalId: one, or two while it is changed',
    ],
    [
      { targets: '{ path: /a/, externalId: "a b" }' },
      'targets.externalId: an external id is 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-',
    ],
    [{ targets: '{ path: "a*", externalId: abc }' }, 'targets.path: a path begins and ends with /'],
    [
      { targets: '{ path: /, externalId: abc }' },
      'targets.path: target roles need a path of their own, such as /stepladder/',
    ],
    [
      { notifications: '{ reviewers: "a@example.com, b@example.com" }' },
      'notifications.reviewers: a mail address is written team@example.com',
    ],
    [
      { notifications: '{ reviewers: a@example.com, sender: "S <s@example.com>" }' },
      'notifications.sender: a mail address is written team@example.com',
    ],
    [{ traffic: '{ rate: "100" }' }, 'traffic.rate: write a number'],
    [{ traffic: '{ perAddress: 1 }' }, 'traffic.perAddress: at least 100'],
    [
      { branding: '{ colours: { light: "#006ce0", dark: red } }' },
      'branding.colours.dark: a colour is written "#006ce0"',
    ],
    [{ branding: '{ title: "" }' }, 'branding.title: may not be empty'],
    [{ branding: '{ title: "a\\u0007b" }' }, 'branding.title: no control characters'],
    [
      { branding: '{ banner: { text: Hello, link: "javascript:alert(1)" } }' },
      'branding.banner.link: an address is written https://host/path',
    ],
    [{ branding: '{ logo: logo.html }' }, 'branding.logo: a logo is a file .svg or .png'],
    [
      { branding: '{ logo: "https://example.com/logo.svg" }' },
      'branding.logo: could not be read: there is no such file',
    ],
    [{ policy: 'nothing.yaml' }, 'the file: could not be read: there is no such file'],
    [{ policy: 'folder' }, 'the file: could not be read: it is a folder'],
    [
      { identity: '', saml: '{ metadata: nothing.xml, domain: acme }' },
      'saml.metadata: nothing.xml could not be read: there is no such file',
    ],
    [
      { identity: '', saml: '{ metadata: policy.yaml, domain: acme }' },
      'saml.metadata: policy.yaml is no SAML metadata',
    ],
    [
      { identity: '', saml: '{ metadata: "http://idp.example.com", domain: acme }' },
      'saml.metadata: Amazon Cognito reads metadata by https alone',
    ],
    [
      { identity: '', saml: '{ metadata: metadata.xml, domain: my-aws-login }' },
      'saml.domain: a prefix has lower-case letters, digits and hyphens, and not the words aws, amazon and cognito',
    ],
    [
      { network: network().replace('people: 10.0.0.0/8', 'people: 10.0.0.0'), domain: domain(own) },
      'network.people: addresses are written 10.0.0.0/8',
    ],
    [
      { network: network().replace('vpc-', 'vpc'), domain: domain(own) },
      'network.vpc: written vpc-0123456789abcdef0',
    ],
    [
      { network: network(', endpoints: { sts: "vpce-0123456789abcdef0" }'), domain: domain(own) },
      'network.endpoints.sts: written sg-0123456789abcdef0',
    ],
    [
      { network: network().replace('10.0.0.0/8', '0.0.0.0/0'), domain: domain(own) },
      'network.people: that is everybody: name your own ranges',
    ],
  ])('%j', (parts, expected) => {
    expect(problems(parts).map((line) => line.replace(/: \S+ could not/, ': could not'))).toEqual([
      expected.replace(/: \S+ could not/, ': could not'),
    ]);
  });
});
