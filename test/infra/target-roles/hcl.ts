import { getExpressionAst, parse } from '@cdktf/hcl2json';

/** What a Terraform module's expressions come to, read by HashiCorp's own parser. Only what our modules use is known. */

type Scope = Readonly<Record<string, unknown>>;

/** As the parser gives it. */
interface Ast {
  readonly type: string;
  readonly children: readonly Ast[];
  readonly range: { readonly start: { readonly byte: number }; readonly end: { readonly byte: number } };
  readonly meta: {
    readonly value: string;
    readonly type?: string;
    readonly name?: string;
    readonly traversal?: readonly { readonly segment: string }[];
  };
}

export type Blocks = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
export interface Module {
  readonly locals: Readonly<Record<string, unknown>>;
  /** by type and name */
  readonly resource: Readonly<Record<string, Blocks>>;
  readonly variable: Blocks;
}

/** @throws Error of the parser, with file and line, where it is no HCL */
export async function parseModule(files: Readonly<Record<string, string>>): Promise<Module> {
  const parts = await Promise.all(Object.entries(files).map(([name, text]) => parse(name, text)));
  const merged = Object.assign({ resource: {}, variable: {}, locals: {} }, ...parts);
  return { ...merged, locals: merged.locals[0] ?? {} };
}

/** Evaluates a value as it stands in a parsed block: in it, an expression is a text of `${...}`. */
export async function evaluate(value: unknown, scope: Scope): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((one) => evaluate(one, scope)));
  if (typeof value !== 'string') return value;
  const [, whole] = /^\$\{([\s\S]*)\}$/.exec(value) ?? [];
  return evaluateText(whole ?? JSON.stringify(value), scope);
}

async function evaluateText(text: string, scope: Scope): Promise<unknown> {
  const ast = await getExpressionAst('module.tf', text);
  return ast === null ? undefined : evaluateAst(ast as Ast, text, scope);
}

/** @param text the whole expression, into which the ranges of its parts point */
function evaluateAst({ type, children, meta }: Ast, text: string, scope: Scope): unknown {
  const all = () => children.map((child) => evaluateAst(child, text, scope));
  switch (type) {
    case 'literalValue':
      return literal(meta);
    case 'template':
      return all().join('');
    case 'templateWrap':
      return all()[0];
    case 'tuple':
      return all();
    case 'object':
      return objectOf(children, text, scope);
    case 'scopeTraversal':
      return lookUp(meta.traversal ?? [], scope);
    case 'conditional': {
      const [condition, yes, no] = all();
      return condition === true ? yes : no;
    }
    case 'binaryOp': {
      const [left, right] = all();
      if (!meta.value.includes('==')) break;
      return left === right;
    }
    case 'function':
      return call(meta.name ?? '', all());
  }
  throw new Error(`${type} is not known here: ${meta?.value}`);
}

function literal({ type, value }: Ast['meta']): unknown {
  // A doubled dollar stands for one that begins no expression.
  if (type === 'string') return value.replaceAll('$$' + '{', '$' + '{');
  if (type === 'bool') return value === 'true';
  return value === 'null' ? null : Number(value);
}

/** @param children keys and values by turns; a key without quotes is nothing but its place */
function objectOf(children: readonly Ast[], text: string, scope: Scope): object {
  const entries = children.flatMap((key, index) => {
    const value = children[index + 1];
    if (index % 2 > 0 || value === undefined) return [];
    const [quoted] = key.children;
    const { start, end } = key.range;
    const name = quoted === undefined ? text.slice(start.byte, end.byte) : evaluateAst(quoted, text, scope);
    return [[String(name), evaluateAst(value, text, scope)]];
  });
  return Object.fromEntries(entries);
}

function lookUp(traversal: readonly { segment: string }[], scope: Scope): unknown {
  return traversal.reduce((value: unknown, { segment }) => {
    if (typeof value !== 'object' || value === null || !(segment in value)) {
      throw new Error(`${traversal.map((one) => one.segment).join('.')} is not there`);
    }
    return (value as Scope)[segment];
  }, scope);
}

/** Terraform's functions, as far as they are used. */
function call(name: string, [first, second, third]: readonly unknown[]): unknown {
  switch (name) {
    case 'jsonencode':
      return JSON.stringify(first);
    case 'replace':
      return String(first).replaceAll(String(second), String(third));
    case 'basename':
      return String(first).slice(String(first).lastIndexOf('/') + 1);
    case 'trimsuffix':
      return String(first).endsWith(String(second)) ? String(first).slice(0, -String(second).length) : first;
    default:
      throw new Error(`${name}() is not known here`);
  }
}
