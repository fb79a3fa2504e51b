/** What a policy file says, apart from how it is written, and the many ways to write it in YAML. */
export type Meaning =
  | { readonly is: 'value'; readonly value: string | number | boolean }
  | { readonly is: 'minutes'; readonly minutes: number }
  /** `alone`: where there is one item, it may stand for the list */
  | { readonly is: 'list'; readonly items: readonly Meaning[]; readonly alone: boolean }
  | { readonly is: 'fields'; readonly fields: readonly Field[] };

interface Field {
  readonly name: string;
  readonly meaning: Meaning;
  /** says what is so anyway, so it may be left out */
  readonly spare: boolean;
}

export const value = (one: string | number | boolean): Meaning => ({ is: 'value', value: one });
export const minutes = (count: number): Meaning => ({ is: 'minutes', minutes: count });
export const list = (...items: Meaning[]): Meaning => ({ is: 'list', items, alone: false });
export const some = (...items: Meaning[]): Meaning => ({ is: 'list', items, alone: true });
export const fields = (all: Record<string, Meaning>, spare: Record<string, Meaning> = {}): Meaning => ({
  is: 'fields',
  fields: [
    ...Object.entries(all).map(([name, meaning]) => ({ name, meaning, spare: false })),
    ...Object.entries(spare).map(([name, meaning]) => ({ name, meaning, spare: true })),
  ],
});

/** The meaning written in the plainest way: as JSON, which is YAML. */
export function plainly(meaning: Meaning): unknown {
  switch (meaning.is) {
    case 'value':
      return meaning.value;
    case 'minutes':
      return `${meaning.minutes}m`;
    case 'list':
      return meaning.items.map(plainly);
    case 'fields':
      return Object.fromEntries(meaning.fields.map((field) => [field.name, plainly(field.meaning)]));
  }
}

/** Writes YAML, taking every free choice from the numbers, again and again. */
export class Writer {
  readonly #choices: readonly number[];
  #next = 0;
  #named = 0;
  readonly #anchors = new Map<string, string>();
  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  write(meaning: Meaning): string {
    return `${this.#pick('', '---\n', '# what follows\n---\n')}${this.#block(meaning, '').trimStart()}\n`;
  }

  #pick<T>(...ways: readonly T[]): T {
    const choice = this.#choices[this.#next++ % this.#choices.length] ?? 0;
    const way = ways[choice % ways.length];
    if (way === undefined) throw new Error('there is always a way');
    return way;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.#pick(0, 1, 2, 3, 4, 5, 6) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  #written(all: readonly Field[]): Field[] {
    const left = all.filter(({ spare }) => !(spare && this.#pick(true, false)));
    return this.#shuffled(left);
  }

  /** In block style, beginning with a line break. */
  #block(meaning: Meaning, indent: string): string {
    const start = () => `\n${this.#pick('', '', `${indent}# a comment\n`)}${indent}`;
    if (meaning.is === 'fields' && meaning.fields.length > 0) {
      const lines = this.#written(meaning.fields).map(
        ({ name, meaning: what }) => `${start()}${this.#key(name)}:${this.#inner(what, `${indent}  `)}`,
      );
      if (lines.length > 0) return lines.join('');
    }
    if (meaning.is === 'list' && meaning.items.length > 0) {
      return meaning.items.map((item) => `${start()}-${this.#inner(item, `${indent}  `)}`).join('');
    }
    return `\n${indent}${this.#flow(meaning)}`;
  }

  #inner(meaning: Meaning, indent: string): string {
    const single = meaning.is === 'list' && meaning.alone && meaning.items.length === 1;
    const isDeep = (meaning.is === 'fields' || meaning.is === 'list') && !single;
    if (isDeep && this.#pick(true, false)) return this.#block(meaning, indent);
    return ` ${this.#flow(meaning)}${this.#pick('', '', ' # a comment')}`;
  }

  #flow(meaning: Meaning): string {
    const same = JSON.stringify(meaning);
    const anchor = this.#anchors.get(same);
    if (anchor !== undefined && this.#pick(true, false)) return `*${anchor}`;
    const text = this.#fresh(meaning);
    // What begins with an alias or an anchor of its own cannot have another one.
    if (/^[*&]/.test(text) || this.#pick(true, true, false)) return text;
    const name = `a${this.#named++}`;
    this.#anchors.set(same, name);
    return `&${name} ${text}`;
  }

  #fresh(meaning: Meaning): string {
    switch (meaning.is) {
      case 'value':
        return typeof meaning.value === 'string' ? this.#text(meaning.value) : String(meaning.value);
      case 'minutes':
        return this.#text(this.#duration(meaning.minutes));
      case 'fields': {
        const parts = this.#written(meaning.fields).map(
          (field) => `${this.#key(field.name)}: ${this.#flow(field.meaning)}`,
        );
        return parts.length === 0 ? '{}' : `{ ${parts.join(' , ')} }`;
      }
      case 'list': {
        const [first, ...others] = meaning.items;
        if (meaning.alone && first !== undefined && others.length === 0 && this.#pick(true, false)) {
          return this.#flow(first);
        }
        const items = meaning.items.map((item) => this.#flow(item)).join(' , ');
        return this.#pick(`[${items} ]`, `[ ${items} ]`);
      }
    }
  }

  #duration(count: number): string {
    const hours = count % 60 === 0 ? `${count / 60}h` : `${count}m`;
    return this.#pick(`${count}m`, hours, count % 1440 === 0 ? `${count / 1440}d` : hours);
  }

  #key(name: string): string {
    return this.#pick(name, JSON.stringify(name), `'${name}'`);
  }

  #text(text: string): string {
    const quoted = [JSON.stringify(text), `'${text.replaceAll("'", "''")}'`];
    const isPlain =
      /^([A-Za-z/][A-Za-z0-9/_-]*|\d+[mhd])$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text);
    return this.#pick(...quoted, ...(isPlain ? [text] : []));
  }
}
