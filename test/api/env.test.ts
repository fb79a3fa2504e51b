import { describe, expect, test } from 'vitest';
import { type envSchemas, parseEnv } from '../../api/env.ts';

type Lambda = keyof typeof envSchemas;
type Variables = Record<string, string | undefined>;

const identity = {
  OIDC_ISSUER: 'https://id.example.com',
  OIDC_CLIENT_ID: 'stepladder-web',
  OIDC_AUDIENCE: 'https://stepladder.example.com/api',
};
const table = { TABLE_NAME: 'stepladder' };
const policy = { POLICY_FILE: '/var/task/policy.json' };
const channels = {
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:stepladder',
  EVENT_BUS: 'stepladder',
  APP_URL: 'https://stepladder.example.com',
};
const good: Record<Lambda, Variables> = {
  authorizer: { ...identity, ...policy },
  requests: { ...table, ...policy, ...identity },
  reviews: { ...table, ...policy, ...identity },
  audit: table,
  sessions: {
    ...table,
    ...policy,
    ...identity,
    APP_URL: channels.APP_URL,
    TARGET_ROLE_PATH: '/stepladder/',
    EXTERNAL_ID: 'stepladder:prod',
  },
  announce: { ...table, ...channels },
  sweep: { ...table, ...channels },
  watch: {
    TOPIC_ARN: channels.TOPIC_ARN,
    ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:stepladder-alarms',
    ALARM_ADDRESSES: 'on-call@example.com',
  },
  reconcile: {
    ...table,
    TARGET_ROLE_PATH: '/stepladder/',
    REVOKER_ROLE: '/stepladder-control/StepladderRevoker',
    SESSIONS_ROLE: 'arn:aws:iam::999988887777:role/stepladder-sessions',
    ENFORCE_ROLE: 'arn:aws:iam::999988887777:role/stepladder-enforce',
  },
  enforce: {
    ...table,
    TARGET_ROLE_PATH: '/stepladder/',
    EXTERNAL_ID: 'stepladder:prod',
    REVOKER_ROLE: '/stepladder-control/StepladderRevoker',
    BOUNDARY_POLICY: '/stepladder-control/StepladderBoundary',
  },
};
const lambdas = Object.keys(good) as Lambda[];

describe.each(lambdas)('%s', (lambda) => {
  test('takes its variables from among all others', () => {
    expect(parseEnv(lambda, { PATH: '/bin', AWS_REGION: 'eu-central-1', ...good[lambda] })).toMatchObject(
      good[lambda],
    );
  });
  test.each(Object.keys(good[lambda]))('names %s where it is missing or empty', (name) => {
    expect(() => parseEnv(lambda, { ...good[lambda], [name]: undefined })).toThrow(
      new RegExp(`^The ${lambda} Lambda is not configured: .*${name}: `),
    );
    expect(() => parseEnv(lambda, { ...good[lambda], [name]: '' })).toThrow(name);
  });
});

test('every problem is named at once', () => {
  const nothing = () => parseEnv('sessions', {});
  for (const name of Object.keys(good.sessions)) expect(nothing).toThrow(`${name}: `);
});

describe('a value that is refused', () => {
  test.each([
    ['authorizer', 'OIDC_ISSUER', 'nonsense'],
    ['authorizer', 'OIDC_ISSUER', 'http://id.example.com'],
    ['authorizer', 'OIDC_ISSUER', 'http://localhost.example.com'],
    ['authorizer', 'OIDC_ISSUER', 'https://id.example.com?tenant=a'],
    ['authorizer', 'OIDC_ISSUER', 'https://id.example.com#a'],
    ['authorizer', 'OIDC_PROFILE', 'Okta'],
    ['sessions', 'OIDC_PROFILE', ''],
    ['announce', 'APP_URL', 'ftp://stepladder.example.com'],
    ['announce', 'TOPIC_ARN', 'arn:aws:sqs:eu-central-1:111122223333:stepladder'],
    ['announce', 'TOPIC_ARN', 'arn:aws:sns:eu-central-1:1111:stepladder'],
    ['watch', 'REVIEWERS', 'Robin <robin@example.com>'],
    ['watch', 'REVIEWERS', 'robin@example.com, remy@example.com'],
    ['watch', 'ALARM_TOPIC_ARN', 'stepladder-alarms'],
    ['watch', 'ALARM_ADDRESSES', 'on-call@example.com,'],
    ['reconcile', 'SESSIONS_ROLE', 'stepladder-sessions'],
    ['announce', 'CHAT_TOPIC_ARN', 'stepladder-chat'],
    ['announce', 'EVENT_BUS', 'default'],
    ['announce', 'EVENT_BUS', 'arn:aws:events:eu-central-1:111122223333:event-bus/default'],
    ['sweep', 'EVENT_BUS', 'arn:aws:sns:eu-central-1:111122223333:stepladder'],
    ['sweep', 'SENDER', 'Stepladder <stepladder@example.com>'],
    ['sessions', 'TARGET_ROLE_PATH', 'stepladder'],
    ['sessions', 'TARGET_ROLE_PATH', '/stepladder'],
    ['sessions', 'TARGET_ROLE_PATH', '/step ladder/'],
    ['sessions', 'EXTERNAL_ID', 'a'],
    ['sessions', 'EXTERNAL_ID', 'a b'],
    ['sessions', 'TARGET_PARTITION', 'aws-mars'],
    ['sessions', 'VIEWER_ADDRESS', 'x-forwarded-for'],
    ['sessions', 'AWS_ENDPOINT_URL_SIGNIN', 'http://signin.example.com'],
  ] as const)('%s: %s=%s', (lambda, name, value) => {
    expect(() => parseEnv(lambda, { ...good[lambda], [name]: value })).toThrow(`${name}: `);
  });
  test('is not repeated in the error', () => {
    for (const [lambda, name] of [
      ['authorizer', 'OIDC_ISSUER'],
      ['sessions', 'EXTERNAL_ID'],
    ] as const) {
      expect(() => parseEnv(lambda, { ...good[lambda], [name]: 'se cret' })).toThrow(/^(?!.*se cret)/);
    }
  });
  test.each(['authorizer', 'requests', 'reviews', 'sessions'] as const)(
    '%s: an audience that is the client id, because then an ID token would do as an access token',
    (lambda) => {
      const same = { ...good[lambda], OIDC_AUDIENCE: identity.OIDC_CLIENT_ID };
      expect(() => parseEnv(lambda, same)).toThrow('OIDC_AUDIENCE and OIDC_CLIENT_ID must differ');
    },
  );
});

describe('a value that is taken', () => {
  test.each([
    ['authorizer', 'OIDC_ISSUER', 'http://localhost:3001/oidc'],
    ['authorizer', 'OIDC_ISSUER', 'http://127.0.0.1:3001'],
    ['authorizer', 'OIDC_ISSUER', 'http://[::1]:3001'],
    ['sessions', 'TARGET_ROLE_PATH', '/'],
    ['authorizer', 'OIDC_PROFILE', 'entra'],
    ['sessions', 'TARGET_PARTITION', 'aws-cn'],
    ['sessions', 'AWS_ENDPOINT_URL_SIGNIN', 'http://127.0.0.1:3005'],
    ['announce', 'SENDER', 'stepladder@example.com'],
    ['watch', 'REVIEWERS', 'robin@example.com,remy@example.com'],
    ['watch', 'ALARM_ADDRESSES', 'on-call@example.com,oki@example.com'],
    ['announce', 'CHAT_TOPIC_ARN', 'arn:aws:sns:eu-central-1:111122223333:stepladder-chat'],
    ['sweep', 'EVENT_BUS', 'arn:aws-us-gov:events:us-gov-west-1:111122223333:event-bus/stepladder'],
    ['announce', 'TOPIC_ARN', 'arn:aws-us-gov:sns:us-gov-west-1:111122223333:stepladder'],
  ] as const)('%s: %s=%s', (lambda, name, value) => {
    expect(parseEnv(lambda, { ...good[lambda], [name]: value })).toMatchObject({ [name]: value });
  });
  test('the partition is aws unless said otherwise', () => {
    expect(parseEnv('sessions', good.sessions).TARGET_PARTITION).toBe('aws');
  });
  test('the provider is no particular one unless said otherwise', () => {
    expect(parseEnv('authorizer', good.authorizer).OIDC_PROFILE).toBe('generic');
  });
});
