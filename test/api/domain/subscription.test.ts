import { describe, expect, test } from 'vitest';
import { chatFindings, mailFindings, type Subscription } from '../../../api/domain/subscription.ts';

const account = '999988887777';
const addresses = ['Robin@example.com', 'remy@example.com'];
const mail = (endpoint: string, state: Subscription['state'] = 'confirmed'): Subscription => ({
  protocol: 'email',
  endpoint,
  state,
});
const both = [mail('robin@example.com'), mail('remy@example.com')];

describe.each([
  ['reviewers', { account, reviewers: addresses, alarms: ['on-call@example.com'] }],
  ['alarms', { account, reviewers: ['on-call@example.com'], alarms: addresses }],
] as const)('the topic of %s', (topic, wanted) => {
  const kinds = (found: readonly Subscription[]) =>
    mailFindings(topic, wanted, found).map(({ kind, address }) => (address ? `${kind} ${address}` : kind));
  test('is right where everybody has confirmed, however their address is written', () => {
    expect(kinds(both)).toEqual([]);
  });
  test.each<[string, readonly Subscription[], string[]]>([
    [
      'one has not confirmed',
      [mail('robin@example.com'), mail('remy@example.com', 'pending')],
      ['unconfirmed remy@example.com'],
    ],
    ['one is gone', [mail('robin@example.com')], ['missing remy@example.com']],
    [
      'one was deleted',
      [mail('robin@example.com'), mail('remy@example.com', 'deleted')],
      ['missing remy@example.com'],
    ],
    [
      'one was deleted, and asked anew',
      [...both.slice(0, 1), mail('remy@example.com', 'deleted'), mail('remy@example.com', 'pending')],
      ['unconfirmed remy@example.com'],
    ],
    ['nobody is there', [], ['missing robin@example.com', 'missing remy@example.com', 'nobody']],
    ['somebody else has it by mail', [...both, mail('eve@example.com')], ['foreign']],
    ['somebody has it who is named for the other topic', [...both, mail('on-call@example.com')], ['foreign']],
    ['somebody else has asked for it', [...both, mail('eve@example.com', 'pending')], ['foreign']],
    ['somebody else had it', [...both, mail('eve@example.com', 'deleted')], []],
    [
      'the web has it',
      [...both, { protocol: 'https', endpoint: 'https://evil.example/', state: 'confirmed' }],
      ['foreign'],
    ],
    [
      'a queue of this account has it',
      [...both, { protocol: 'sqs', endpoint: `arn:aws:sqs:eu-central-1:${account}:q`, state: 'confirmed' }],
      [],
    ],
    [
      'a queue of another account has it',
      [...both, { protocol: 'sqs', endpoint: 'arn:aws:sqs:eu-central-1:111122223333:q', state: 'confirmed' }],
      ['foreign'],
    ],
    [
      'an address has the account in it',
      [...both, { protocol: 'https', endpoint: `https://a:b:c:${account}@evil.example`, state: 'confirmed' }],
      ['foreign'],
    ],
    [
      'an address has the account where an ARN has it',
      [...both, { protocol: 'https', endpoint: `https://evil.example/?:::${account}:`, state: 'confirmed' }],
      ['foreign'],
    ],
    [
      'one has it as JSON',
      [mail('robin@example.com'), { ...mail('remy@example.com'), protocol: 'email-json' }],
      [],
    ],
    [
      'one has it in another way that is no mail',
      [mail('robin@example.com'), { ...mail('remy@example.com'), protocol: '' }],
      ['missing remy@example.com', 'foreign'],
    ],
  ])('where %s', (_what, found, expected) => {
    expect(kinds(found)).toEqual(expected);
  });
  test('and each finding says how to find what it is about', () => {
    const found = [
      mail('remy@example.com', 'pending'),
      { ...mail('eve@example.com', 'pending'), protocol: 'sms' },
    ];
    expect(mailFindings(topic, wanted, found)).toEqual([
      { topic, kind: 'missing', protocol: 'email', address: 'robin@example.com' },
      { topic, kind: 'unconfirmed', protocol: 'email', address: 'remy@example.com' },
      { topic, kind: 'nobody', protocol: '', address: '' },
      { topic, kind: 'foreign', protocol: 'sms', address: '' },
    ]);
  });
  test('nobody has to be named: then a queue of this account will do', () => {
    const queue = {
      protocol: 'sqs',
      endpoint: `arn:aws:sqs:eu-central-1:${account}:q`,
      state: 'confirmed',
    } as const;
    expect(mailFindings(topic, { account, reviewers: [], alarms: [] }, [queue])).toEqual([]);
  });
  test('what is foreign is told without its address, which may hold a secret', () => {
    const secret = {
      protocol: 'https',
      endpoint: 'https://user:password@example.com/',
      state: 'confirmed',
    } as const;
    expect(JSON.stringify(mailFindings(topic, wanted, [...both, secret]))).not.toContain('password');
  });
});

describe('the topic of the chat', () => {
  const amazonQ = {
    protocol: 'https',
    endpoint: 'https://global.sns-api.chatbot.amazonaws.com',
    state: 'confirmed',
  } as const;
  test.each<[string, readonly Subscription[], string[]]>([
    ['Amazon Q reads', [amazonQ], []],
    ['nobody reads', [], ['nobody']],
    ['Amazon Q was never confirmed', [{ ...amazonQ, state: 'pending' }], ['nobody']],
    ['somebody reads with it', [amazonQ, mail('eve@example.com')], ['foreign']],
    [
      'somebody is called nearly like it',
      [amazonQ, { ...amazonQ, endpoint: 'https://global.sns-api.chatbot.amazonaws.com.evil.example' }],
      ['foreign'],
    ],
    ['it is read in the clear', [{ ...amazonQ, protocol: 'http' }], ['foreign']],
    ['the address is none', [amazonQ, { ...amazonQ, endpoint: 'nothing' }], ['foreign']],
    [
      'a function of this account reads',
      [
        {
          protocol: 'lambda',
          endpoint: `arn:aws:lambda:eu-central-1:${account}:function:f`,
          state: 'confirmed',
        },
      ],
      [],
    ],
  ])('where %s', (_what, found, expected) => {
    expect(chatFindings(account, found).map(({ kind }) => kind)).toEqual(expected);
  });
  test('and each finding says how to find what it is about', () => {
    expect(chatFindings(account, [mail('eve@example.com', 'pending')])).toEqual([
      { topic: 'chat', kind: 'nobody', protocol: '', address: '' },
      { topic: 'chat', kind: 'foreign', protocol: 'email', address: '' },
    ]);
  });
});
