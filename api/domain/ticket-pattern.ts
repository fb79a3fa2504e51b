/** Whether a regular expression is harmless on whatever text people type as a ticket, and what such a ticket looks like. */

/** Of some part of a pattern. */
interface Size {
  /** in how many ways a backtracking engine can read any one text with it, at most */
  readonly ways: number;
  /** the characters of the shortest text that it matches */
  readonly least: number;
  /** The text that was written so far, and behind it one that this part matches. */
  readonly extend: (before: string) => string;
  /** one character of several */
  readonly isOneOfMany: boolean;
}

interface Cursor {
  readonly pattern: string;
  /** of the text that is matched */
  readonly length: number;
  at: number;
  /** what is not understood here */
  strange: string | null;
}

/** Matching tries every way before it gives up: a million of them take a tenth of a second. */
const mostWays = 1_000_000;

/**
 * What is wrong with the pattern of a ticket, or null. NB. It errs on the safe side: a pattern without ways that
 * multiply passes, some harmless others do not.
 * @param length the most characters of a ticket
 */
export function ticketPatternProblem(pattern: string, length: number): string | null {
  if (!isRegularExpression(pattern)) return 'not a regular expression';
  const cursor = cursorOf(pattern, length);
  const { ways, least } = sizeOfChoice(cursor);
  if (cursor.strange !== null) return `a ticket pattern may not use ${cursor.strange}`;
  if (least > length) return `matches nothing: a ticket has up to ${length} characters`;
  return ways > mostWays ? 'repetitions of repetitions or alternatives could take very long to match' : null;
}

/** NB. The pattern alone: `a)|(?:b` is wrong by itself and would be right, and match too much, between brackets. */
function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Longer, an example is no help. */
const longestExample = 32;

/**
 * What a ticket looks like that the pattern takes, `ABC-123`; null where no short one is found.
 * @param pattern one in which `ticketPatternProblem` finds nothing wrong
 */
export function ticketExample(pattern: string): string | null {
  if (!isRegularExpression(pattern)) return null;
  const example = sizeOfChoice(cursorOf(pattern, longestExample)).extend('');
  const isShort = example.length > 0 && example.length <= longestExample;
  return isShort && new RegExp(`^(?:${pattern})$`, 'u').test(example) ? example : null;
}

function cursorOf(pattern: string, length: number): Cursor {
  return { pattern, length, at: 0, strange: null };
}

/** `a|b|c`, to the end or to the bracket that closes it. */
function sizeOfChoice(cursor: Cursor): Size {
  let shown = sizeOfSequence(cursor);
  let { ways, least } = shown;
  while (peek(cursor) === '|') {
    take(cursor);
    const other = sizeOfSequence(cursor);
    ways += other.ways;
    least = Math.min(least, other.least);
    if (shown.least === 0) shown = other;
  }
  return { ways, least, extend: shown.extend, isOneOfMany: false };
}

function sizeOfSequence(cursor: Cursor): Size {
  let ways = 1;
  let least = 0;
  const parts: Size[] = [];
  while (!['', '|', ')'].includes(peek(cursor))) {
    const part = sizeOfRepeated(cursor);
    ways *= part.ways;
    least += part.least;
    parts.push(part);
  }
  const extend = (before: string) => parts.reduce((text, part) => part.extend(text), before);
  return { ways, least, extend, isOneOfMany: false };
}

function sizeOfRepeated(cursor: Cursor): Size {
  const once = sizeOfAtom(cursor);
  const times = repetition(cursor);
  if (times === null) return once;
  // A repetition of what may be nothing has no end of its own.
  const fitting = once.least === 0 ? Number.POSITIVE_INFINITY : Math.floor(cursor.length / once.least);
  const most = Math.min(times.most, fitting);
  const extend = repeatedly(once, times);
  if (most === Number.POSITIVE_INFINITY) return { ways: most, least: 0, extend, isOneOfMany: false };
  let ways = 0;
  for (let count = Math.min(times.least, most); count <= most && ways <= mostWays; count++) {
    ways += once.ways ** count;
  }
  return { ways, least: once.least * times.least, extend, isOneOfMany: false };
}

/** As often as it has to be; or thrice, which says more of it, where it is one character of several and may be. */
function repeatedly({ extend, isOneOfMany }: Size, { least, most }: { least: number; most: number }) {
  const count = isOneOfMany && least > 0 ? Math.max(least, Math.min(3, most)) : least;
  return (before: string) => {
    let text = before;
    for (let done = 0; done < count; done++) text = extend(text);
    return text;
  };
}

/** What `*`, `+`, `?` or `{2,10}` says, with the `?` that makes it lazy; null where none of them comes. */
function repetition(cursor: Cursor): { least: number; most: number } | null {
  const sign = peek(cursor);
  if (sign === '' || !'*+?{'.includes(sign)) return null;
  take(cursor);
  const range = sign === '{' ? counted(takeUntil(cursor, '}')) : { least: sign === '+' ? 1 : 0, most: 1 };
  const most = sign === '*' || sign === '+' ? Number.POSITIVE_INFINITY : range.most;
  if (peek(cursor) === '?') take(cursor);
  if (range.least > cursor.length || (Number.isFinite(most) && most > cursor.length)) {
    cursor.strange = `more than ${cursor.length} repetitions`;
  }
  return { least: range.least, most };
}

/** `2`, `2,` or `2,10` */
function counted(text: string): { least: number; most: number } {
  const comma = text.indexOf(',');
  if (comma < 0) return { least: Number(text), most: Number(text) };
  const most = text.endsWith(',') ? Number.POSITIVE_INFINITY : Number(text.slice(comma + 1));
  return { least: Number(text.slice(0, comma)), most };
}

function sizeOfAtom(cursor: Cursor): Size {
  const from = cursor.at;
  const sign = take(cursor);
  if (sign === '(') return sizeOfGroup(cursor);
  if (sign === '[') {
    for (let next = take(cursor); next !== ']'; next = take(cursor)) if (next === '\\') take(cursor);
  } else if (sign === '\\') passEscape(cursor);
  else if (sign === '^' || sign === '$') {
    return { ways: 1, least: 0, extend: (before) => before, isOneOfMany: false };
  }
  const atom = cursor.pattern.slice(from, cursor.at);
  const isOneOfMany = sign === '[' || sign === '.' || /^\\[dDwWsSpP]/.test(atom);
  const extend = isOneOfMany
    ? (before: string) => before + characterOf(atom, before)
    : (before: string) => before + atom.replace('\\', '');
  return { ways: 1, least: 1, extend, isOneOfMany };
}

function sizeOfGroup(cursor: Cursor): Size {
  if (peek(cursor) === '?') {
    take(cursor);
    if (take(cursor) !== ':') cursor.strange = 'groups that begin with (? but (?:';
  }
  const size = sizeOfChoice(cursor);
  take(cursor);
  return size;
}

function passEscape(cursor: Cursor): void {
  const sign = take(cursor);
  if (/[1-9kbBxuc]/.test(sign)) cursor.strange = `\\${sign}`;
  if (/[pP]/.test(sign)) takeUntil(cursor, '}');
}

/** What examples are made of, in the order in which people would think of it. */
const alphabets = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', '1234567890', 'abcdefghijklmnopqrstuvwxyz', '-_./:#+=@'];

/** A character that the atom matches, where it can the one that comes after the last one: so `ABC`, and not `AAA`. */
function characterOf(atom: string, before: string): string {
  const isMatched = new RegExp(`^${atom}$`, 'u');
  const matched = alphabets
    .map((alphabet) => [...alphabet].filter((one) => isMatched.test(one)))
    .find((found) => found.length > 0);
  if (matched === undefined) return '';
  return matched[matched.indexOf(before.slice(-1)) + 1] ?? String(matched[0]);
}

function peek({ pattern, at }: Cursor): string {
  return pattern.charAt(at);
}

function take(cursor: Cursor): string {
  cursor.at++;
  return cursor.pattern.charAt(cursor.at - 1);
}

function takeUntil(cursor: Cursor, end: string): string {
  const from = cursor.at;
  cursor.at = cursor.pattern.indexOf(end, from) + 1;
  return cursor.pattern.slice(from, cursor.at - 1);
}
