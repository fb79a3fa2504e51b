import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Import, parseSource, pathsBelow, readSource, type SourceFile } from './support/source-file.ts';

/** What may import what, and the house limits. The rooms are those of the README; a file outside of them fails. */

interface Room {
  /** a folder or a file */
  readonly of: string;
  /** folders and files that it may import from; `.` is its own first folder below `of` */
  readonly from: readonly string[];
  /** packages; what ends with '/' stands for all below it */
  readonly packages: readonly string[];
}

const react = ['react', 'react-router-dom', '@tanstack/react-query', '@cloudscape-design/'];

/** The most particular room comes first: a path belongs to the first that holds it. */
const rooms: readonly Room[] = [
  { of: 'api/limits.ts', from: [], packages: [] },
  { of: 'api/routes.ts', from: [], packages: [] },
  { of: 'api/table.ts', from: [], packages: [] },
  { of: 'api/contract.ts', from: ['api/limits.ts'], packages: ['zod'] },
  { of: 'api/env.ts', from: [], packages: ['zod'] },
  { of: 'api/cloud-trail.ts', from: ['api/domain'], packages: ['zod'] },
  { of: 'api/event-schemas.ts', from: ['api/domain'], packages: ['zod'] },
  {
    of: 'api/policy.ts',
    from: ['api/limits.ts', 'api/domain', 'api/policy-problems.ts', 'api/policy-values.ts'],
    packages: ['zod'],
  },
  { of: 'api/policy-problems.ts', from: ['api/domain'], packages: ['zod'] },
  { of: 'api/policy-values.ts', from: ['api/limits.ts', 'api/domain'], packages: ['zod'] },
  { of: 'api/domain', from: ['api/domain'], packages: [] },
  { of: 'api/actions', from: ['api/actions', 'api/domain'], packages: [] },
  {
    of: 'api/aws',
    from: [
      'api/aws',
      'api/actions/ports.ts',
      'api/actions/aws-refusals.ts',
      'api/actions/message-ports.ts',
      'api/actions/reconcile.ts',
      'api/domain',
      'api/table.ts',
      'api/policy.ts',
    ],
    packages: ['@aws-sdk/', 'node:crypto', 'node:fs'],
  },
  {
    of: 'api/log.ts',
    from: ['api/actions/aws-refusals.ts', 'api/actions/ports.ts', 'api/http'],
    packages: ['@aws-lambda-powertools/logger'],
  },
  {
    of: 'api/http',
    from: [
      'api/http',
      'api/actions',
      'api/domain',
      'api/contract.ts',
      'api/log.ts',
      'api/routes.ts',
      'api/limits.ts',
    ],
    packages: [
      '@aws-lambda-powertools/logger',
      'aws-lambda',
      'csv-stringify/sync',
      'jose',
      'node:crypto',
      'zod',
    ],
  },
  {
    of: 'api/handlers',
    from: [
      'api/actions',
      'api/aws',
      'api/cloud-trail.ts',
      'api/domain',
      'api/env.ts',
      'api/http',
      'api/log.ts',
      'api/table.ts',
    ],
    // NB. Not its logger: `api/log.ts` says what a line of the log may hold.
    packages: ['@aws-lambda-powertools/batch', 'aws-lambda'],
  },
  { of: 'web/vite.config.ts', from: [], packages: ['vite', '@vitejs/plugin-react', 'node:'] },
  {
    of: 'web/app',
    from: ['web/app', 'web/features', 'web/ui', 'web/lib', 'api/contract.ts'],
    packages: [...react, 'react-dom/client'],
  },
  {
    of: 'web/features',
    from: ['.', 'web/ui', 'web/lib', 'api/contract.ts', 'api/limits.ts'],
    packages: react,
  },
  { of: 'web/ui', from: ['web/ui', 'web/lib', 'api/contract.ts'], packages: react },
  {
    of: 'web/lib',
    from: ['web/lib', 'api/contract.ts', 'api/routes.ts', 'api/limits.ts'],
    packages: ['react', '@tanstack/react-query', 'oidc-client-ts'],
  },
  // It loads the handler that it is told to run, so its imports are computed.
  {
    of: 'infra/local/lambda-worker.ts',
    from: ['infra/local'],
    packages: ['aws-lambda', 'computed', 'node:'],
  },
  {
    of: 'infra/local',
    from: [
      'infra',
      'api/contract.ts',
      'api/env.ts',
      'api/routes.ts',
      'api/table.ts',
      'api/policy.ts',
      'api/domain',
    ],
    packages: [
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-dynamodb-streams',
      'aws-lambda',
      'jose',
      'node:',
      'oidc-provider',
      'sirv',
      'vite',
      'yaml',
      'zod',
    ],
  },
  {
    of: 'infra/doctor',
    from: ['infra/doctor', 'infra/policy', 'api/contract.ts', 'api/domain'],
    packages: ['@aws-sdk/client-lambda', 'node:', 'zod'],
  },
  {
    of: 'infra/events',
    from: ['infra/events', 'infra/json-text.ts', 'api/event-schemas.ts'],
    packages: ['node:', 'zod'],
  },
  {
    of: 'infra/deploy',
    from: ['infra'],
    packages: ['@aws-sdk/client-sts', 'node:', 'zod'],
  },
  { of: 'infra/saml', from: ['infra/saml'], packages: ['aws-lambda', 'node:'] },
  {
    of: 'infra/policy',
    from: [
      'infra/policy',
      'infra/json-text.ts',
      'api/policy.ts',
      'api/policy-values.ts',
      'api/limits.ts',
      'api/domain',
    ],
    packages: ['node:', 'yaml', 'zod'],
  },
  {
    of: 'infra/target-roles',
    from: ['infra', 'api/policy-problems.ts', 'api/domain'],
    packages: ['aws-cdk-lib', 'node:', 'yaml', 'zod'],
  },
  {
    of: 'infra/target-role-stack.ts',
    from: ['infra/target-roles'],
    packages: ['aws-cdk-lib', 'aws-cdk-lib/', 'constructs'],
  },
  { of: 'infra/page-server', from: ['infra/page-server'], packages: ['aws-lambda', 'node:'] },
  {
    of: 'infra',
    from: [
      'infra',
      'api/contract.ts',
      'api/domain',
      'api/env.ts',
      'api/http/identity-profiles.ts',
      'api/policy.ts',
      'api/policy-problems.ts',
      'api/policy-values.ts',
      'api/routes.ts',
      'api/table.ts',
    ],
    packages: [
      '@aws-sdk/client-dynamodb',
      'aws-cdk-lib',
      'aws-cdk-lib/',
      'constructs',
      'node:',
      'vite',
      'zod',
    ],
  },
];

const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
const roomOf = (path: string) => rooms.find(({ of }) => within(path, of));

function mayImport(room: Room, path: string, from: string): boolean {
  if (!from.startsWith('.')) {
    return room.packages.some((one) => from === one || (/[/:]$/.test(one) && from.startsWith(one)));
  }
  const target = posix.join(posix.dirname(path), from);
  const own = path.split('/').slice(0, room.of.split('/').length + 1);
  return room.from.some((place) => within(target, place === '.' ? own.join('/') : place));
}

/** What is wrong with a file's imports, a sentence each. */
function wrongImports({ path, imports }: Pick<SourceFile, 'path' | 'imports'>): string[] {
  const room = roomOf(path);
  if (room === undefined) return [`${path} stands in no room`];
  const strange = imports.filter(({ from }) => !mayImport(room, path, from));
  // The browser must not load zod, which the contract brings along.
  const loaded = imports.filter((one) => within(path, 'web') && isContract(path, one) && !one.typeOnly);
  return [
    ...strange.map(({ from }) => `${path} may not import ${from}`),
    ...loaded.map(({ from }) => `${path} may import only the types of ${from}`),
  ];
}

function isContract(path: string, { from }: Import): boolean {
  return posix.join(posix.dirname(path), from) === 'api/contract.ts';
}

const product = ['api', 'web', 'infra'].flatMap(pathsBelow);
const tests = pathsBelow('test');
const sources = product.filter((path) => !path.endsWith('.css')).map(readSource);
const below = (place: string) => sources.filter(({ path }) => within(path, place));

describe('the checker', () => {
  const check = (path: string, text: string) => wrongImports(parseSource(path, text));
  test.each([
    ['api/domain/a.ts', `import type { B } from './b.ts';`],
    ['api/domain/a.ts', `// import { z } from 'zod'\nexport const text = "import x from 'zod'";`],
    ['api/actions/a.ts', `import { b } from '../domain/b.ts';`],
    [
      'api/aws/a.ts',
      `import type { P } from '../actions/ports.ts'; import { S } from '@aws-sdk/client-sts';`,
    ],
    [
      'web/features/audit/a.tsx',
      `import './a.css'; import { b } from './b.ts'; import { c } from '../../ui/c.tsx';`,
    ],
    ['web/features/audit/a.tsx', `import type { V } from '../../../api/contract.ts'; import 'react';`],
    [
      'infra/local/a.ts',
      `import { createServer } from 'node:http'; import { t } from '../table-definition.ts';`,
    ],
  ])('lets %s be: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
  test.each([
    ['api/domain/a.ts', `import { z } from 'zod';`],
    ['api/domain/a.ts', `import type { z } from 'zod';`],
    ['api/domain/a.ts', `import { createHash } from 'node:crypto';`],
    ['api/domain/a.ts', `import {\n  b,\n} from '../actions/b.ts';`],
    ['api/domain/a.ts', `export * from '../aws/b.ts';`],
    ['api/domain/a.ts', `export { b } from '../aws/b.ts';`],
    ['api/domain/a.ts', `const b = await import('../aws/b.ts');`],
    ['api/domain/a.ts', `const b = (name: string) => import(name);`],
    ['api/domain/a.ts', `type B = import('../aws/b.ts').B;`],
    ['api/domain/a.ts', `import '../domain-like/b.ts';`],
    ['api/actions/a.ts', `import { b } from '../aws/b.ts';`],
    ['api/aws/a.ts', `import { b } from '../actions/sweep.ts';`],
    ['api/http/a.ts', `import { b } from '../aws/b.ts';`],
    ['api/http/a.ts', `import { STSClient } from '@aws-sdk/client-sts';`],
    ['api/new-room/a.ts', ''],
    ['web/ui/a.tsx', `import { b } from '../features/audit/b.ts';`],
    ['web/features/audit/a.tsx', `import { b } from '../reviews/b.ts';`],
    ['web/features/audit/a.tsx', `import { requestId } from '../../../api/contract.ts';`],
    ['web/features/audit/a.tsx', `import { type V } from '../../../api/contract.ts';`],
    ['web/lib/a.ts', `import { b } from '../../api/domain/b.ts';`],
    ['infra/app.ts', `import { b } from '../api/aws/b.ts';`],
    ['api/domain/a.ts', `import { b } from '../../test/support/b.ts';`],
  ])('finds what is wrong in %s: %s', (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });
  test('counts the lines of a function without those of the functions inside it', () => {
    const inner = 'const inner = () => {\n1;\n2;\n3;\n};';
    const { functions } = parseSource(
      'a.ts',
      `function outer() {\n${inner}\n}\nconst o = {\nf() {\n},\n};\n`,
    );
    expect(functions).toEqual([
      { name: 'inner', lines: 5 },
      { name: 'outer', lines: 4 },
      { name: 'f', lines: 2 },
    ]);
  });
  test('sees names only in code', () => {
    const text = 'function f() {\n  return Date.now();\n}\n// process.env\nconst s = "process.env";\n';
    expect(parseSource('a.ts', text)).toMatchObject({
      lines: 5,
      members: ['Date.now'],
      comments: [' process.env'],
    });
    expect(parseSource('a.ts', 'new Date(); new Date(0);').names).toEqual(['new Date()', 'Date', 'Date']);
  });
});

test.each(rooms)('$of imports what its room may', ({ of }) => {
  const mine = sources.filter(({ path }) => roomOf(path)?.of === of);
  expect(mine.length).toBeGreaterThan(0);
  expect(mine.flatMap(wrongImports)).toEqual([]);
});

test('every file stands in a room', () => {
  expect(sources.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path)).toEqual([]);
});

describe('what only one place may touch', () => {
  const users = (files: SourceFile[], named: (file: SourceFile) => boolean) =>
    files.filter(named).map(({ path }) => path);

  test('the environment: the handlers, and the doctor that an operator starts', () => {
    const reads = ({ members, imports }: SourceFile) =>
      members.includes('process.env') || imports.some(({ from }) => from === 'node:process');
    expect(users(sources, reads).filter((path) => !within(path, 'api/handlers'))).toEqual([
      'infra/doctor/cli.ts',
    ]);
  });
  test('clock and chance: aws/world.ts, and the authorizer that has no table to need it for', () => {
    const members = new Set(['Date.now', 'Math.random', 'performance.now']);
    const names = new Set(['new Date()', 'randomBytes', 'randomUUID', 'getRandomValues']);
    const reads = (file: SourceFile) =>
      file.members.some((one) => members.has(one)) || file.names.some((one) => names.has(one));
    expect(users(below('api'), reads)).toEqual(['api/aws/world.ts', 'api/handlers/authorizer.ts']);
  });
  test('a whole table: nobody', () => {
    const scans = ({ names }: SourceFile) =>
      names.some((name) => /^(ScanCommand|paginateScan|scan)$/.test(name));
    expect(users(sources, scans)).toEqual([]);
  });
});

describe('house limits', () => {
  /** Broken with a reason. */
  const longFiles: Record<string, string> = {
    'api/contract.ts': 'the one home of what goes in and out of every route',
  };

  const longFunctions: Record<string, string> = {
    'infra/local/openid-provider.ts configuration': 'a list of settings',
    'infra/local/stack.ts startParts': 'the parts of the product in the order in which they start',
  };

  test('a file has up to 250 lines, a test up to 500', () => {
    const long = sources.filter(({ path, lines }) => lines > 250 && !(path in longFiles));
    const longTests = tests.map(readSource).filter(({ lines }) => lines > 500);
    expect([...long, ...longTests].map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });
  test('a function has up to 40 lines, a component up to 120, a file of handlers fewer than 40', () => {
    const long = sources.flatMap(({ path, functions }) =>
      functions
        .filter(({ name, lines }) => lines > (path.endsWith('.tsx') && /^[A-Z]/.test(name) ? 120 : 40))
        .filter(({ name }) => !(`${path} ${name}` in longFunctions))
        .map(({ name, lines }) => `${path} ${name}: ${lines}`),
    );
    const longHandlers = below('api/handlers').filter(({ lines }) => lines >= 40);
    expect([...long, ...longHandlers.map(({ path }) => path)]).toEqual([]);
  });
  test('a name is in kebab-case, and no folder is for whatever fits nowhere else', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.(tsx?|css)$/;
    const vague = new Set(['utils', 'util', 'common', 'helpers', 'types', 'misc', 'shared']);
    const wrong = [...product, ...tests].filter((path) => {
      const folders = path.split('/').slice(0, -1);
      return !name.test(posix.basename(path)) || folders.some((folder) => vague.has(folder));
    });
    expect(wrong).toEqual([]);
  });
  test('nothing is exported from where it is not made', () => {
    expect(sources.filter(({ reExports }) => reExports.length > 0).map(({ path }) => path)).toEqual([]);
  });
  test('no class is a Manager, a Service or a Base', () => {
    const classes = sources.flatMap((file) => file.classes);
    expect(classes.filter((name) => /Manager|Service|^Base|Base$/.test(name))).toEqual([]);
  });
  test('no comment silences a tool or puts work off, and no test is left out', () => {
    const silence = /biome-ignore|eslint-disable|@ts-(ignore|nocheck|expect-error)|TODO|FIXME|v8 ignore/;
    const all = [...sources, ...tests.map(readSource)];
    expect(
      all.filter(({ comments }) => comments.some((one) => silence.test(one))).map(({ path }) => path),
    ).toEqual([]);
    const leftOut = /^(test|it|describe)\.(skip|only|todo|fails|skipIf|runIf)$/;
    expect(
      all.filter(({ members }) => members.some((one) => leftOut.test(one))).map(({ path }) => path),
    ).toEqual([]);
  });
});
