/** Whether a regular expression is harmless on whatever text people type as a ticket. */

/** Of some part of a pattern. */
interface Size {
  /** in how many ways a backtracking engine can read any one text with it, at most */
  readonly ways: number;
  /** the characters of the shortest text that it matches */
  readonly least: number;
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
  try {
    // NB. The pattern alone: `a)|(?:b` is wrong by itself and would be right, and match too much, between brackets.
    new RegExp(pattern, 'u');
  } catch {
    return 'not a regular expression';
  }
  const cursor: Cursor = { pattern, length, at: 0, strange: null };
  const { ways, least } = sizeOfChoice(cursor);
  if (cursor.strange !== null) return `a ticket pattern may not use ${cursor.strange}`;
  if (least > length) return `matches nothing: a ticket has up to ${length} characters`;
  return ways > mostWays ? 'repetitions of repetitions or alternatives could take very long to match' : null;
}

/** `a|b|c`, to the end or to the bracket that closes it. */
function sizeOfChoice(cursor: Cursor): Size {
  let { ways, least } = sizeOfSequence(cursor);
  while (peek(cursor) === '|') {
    take(cursor);
    const other = sizeOfSequence(cursor);
    ways += other.ways;
    least = Math.min(least, other.least);
  }
  return { ways, least };
}

function sizeOfSequence(cursor: Cursor): Size {
  let ways = 1;
  let least = 0;
  while (!['', '|', ')'].includes(peek(cursor))) {
    const part = sizeOfRepeated(cursor);
    ways *= part.ways;
    least += part.least;
  }
  return { ways, least };
}

function sizeOfRepeated(cursor: Cursor): Size {
  const once = sizeOfAtom(cursor);
  const times = repetition(cursor);
  if (times === null) return once;
  // A repetition of what may be nothing has no end of its own.
  const fitting = once.least === 0 ? Number.POSITIVE_INFINITY : Math.floor(cursor.length / once.least);
  const most = Math.min(times.most, fitting);
  if (most === Number.POSITIVE_INFINITY) return { ways: most, least: 0 };
  let ways = 0;
  for (let count = Math.min(times.least, most); count <= most && ways <= mostWays; count++) {
    ways += once.ways ** count;
  }
  return { ways, least: once.least * times.least };
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
  switch (take(cursor)) {
    case '(':
      return sizeOfGroup(cursor);
    case '[':
      for (let next = take(cursor); next !== ']'; next = take(cursor)) if (next === '\\') take(cursor);
      return { ways: 1, least: 1 };
    case '\\':
      return sizeOfEscape(cursor);
    case '^':
    case '$':
      return { ways: 1, least: 0 };
    default:
      return { ways: 1, least: 1 };
  }
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

function sizeOfEscape(cursor: Cursor): Size {
  const sign = take(cursor);
  if (/[1-9kbBxuc]/.test(sign)) cursor.strange = `\\${sign}`;
  if (/[pP]/.test(sign)) takeUntil(cursor, '}');
  return { ways: 1, least: 1 };
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
