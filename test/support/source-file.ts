import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ESTree, parseSync, Visitor } from 'vite';

/** Reads TypeScript with a real parser, so that the architecture test sees code and not text that looks like it. */

export interface Import {
  /** as written: './user.ts', 'zod' or 'node:fs' */
  readonly from: string;
  /** erased before it runs */
  readonly typeOnly: boolean;
}

/** A function with its own name, or that of the variable or property that it is; `''` where it has none. */
export interface FoundFunction {
  readonly name: string;
  /** NB. Without the functions inside it, which are found and counted themselves. */
  readonly lines: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SourceFile {
  /** from the repository's root: api/domain/user.ts */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly reExports: readonly string[];
  /** every `a.b` of two plain names: `process.env`, `Date.now` */
  readonly members: readonly string[];
  /** every name that is used, and `new Date()` where it takes the present moment */
  readonly names: readonly string[];
  readonly classes: readonly string[];
  readonly functions: readonly FoundFunction[];
  readonly comments: readonly string[];
}

export const root = fileURLToPath(new URL('../..', import.meta.url));
const left = new Set(['node_modules', 'dist', 'coverage']);

/** Every TypeScript file and style sheet below a folder of the repository, by path. */
export function pathsBelow(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true })
    .filter((entry) => !left.has(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return pathsBelow(path);
      return /\.(tsx?|css)$/.test(entry.name) ? [path] : [];
    })
    .sort();
}

export function readSource(path: string): SourceFile {
  return parseSource(path, readFileSync(`${root}${path}`, 'utf8'));
}

/** @throws Error where the text is no TypeScript */
export function parseSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  const wrong = errors[0];
  if (wrong !== undefined) throw new Error(`${path}: ${wrong.message}`);
  const lineOf = lineCounter(text);
  const found = {
    imports: [] as Import[],
    reExports: [] as string[],
    members: [] as string[],
    names: [] as string[],
    classes: [] as string[],
  };
  const reExport = (from: string, typeOnly: boolean) => {
    found.imports.push({ from, typeOnly });
    found.reExports.push(from);
  };
  new Visitor({
    ImportDeclaration: (node) => {
      found.imports.push({ from: node.source.value, typeOnly: node.importKind === 'type' });
    },
    ExportAllDeclaration: (node) => reExport(node.source.value, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) reExport(node.source.value, node.exportKind === 'type');
    },
    ImportExpression: ({ source }) => {
      // What is computed cannot be checked, so it counts as an import of nothing that any room may have.
      const from = source.type === 'Literal' ? String(source.value) : 'computed';
      found.imports.push({ from, typeOnly: false });
    },
    TSImportType: (node) => {
      found.imports.push({ from: node.source.value, typeOnly: true });
    },
    MemberExpression: ({ object, property }) => {
      if (object.type === 'Identifier' && property.type === 'Identifier') {
        found.members.push(`${object.name}.${property.name}`);
      }
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) {
        found.names.push('new Date()');
      }
    },
    Identifier: ({ name }) => {
      found.names.push(name);
    },
    ClassDeclaration: ({ id }) => {
      found.classes.push(id?.name ?? 'default');
    },
  }).visit(program);
  return {
    path,
    lines: lineOf(text.length),
    ...found,
    functions: functionsOf(program, lineOf),
    comments: comments.map(({ value }) => value),
  };
}

function functionsOf(program: ESTree.Program, lineOf: (at: number) => number): FoundFunction[] {
  const functions: FoundFunction[] = [];
  const names = new Map<number, string>();
  /** For each function that is open, the lines of those inside it. */
  const open: number[] = [];
  const enter = () => {
    open.push(0);
  };
  const leave = (name: string, { start, end }: Span) => {
    const inner = open.pop() ?? 0;
    const lines = lineOf(end) - lineOf(start) + 1;
    functions.push({ name, lines: lines - inner });
    // The line on which it begins and the one on which it ends belong to whoever holds it as well.
    const holder = open.pop();
    if (holder !== undefined) open.push(holder + Math.max(0, lines - 2));
  };
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && init !== null) names.set(init.start, id.name);
    },
    Property: ({ key, value }) => {
      if (key.type === 'Identifier') names.set(value.start, key.name);
    },
    FunctionDeclaration: enter,
    FunctionExpression: enter,
    ArrowFunctionExpression: enter,
    'FunctionDeclaration:exit': (node) => leave(node.id?.name ?? '', node),
    'FunctionExpression:exit': (node) => leave(names.get(node.start) ?? '', node),
    'ArrowFunctionExpression:exit': (node) => leave(names.get(node.start) ?? '', node),
  }).visit(program);
  return functions;
}

/** The number of the line that a character stands on. NB. A file's last line break begins no line. */
function lineCounter(text: string): (at: number) => number {
  return (at) => text.slice(0, at).replace(/\n$/, '').split('\n').length;
}
