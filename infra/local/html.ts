/** Escapes text for HTML and XML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** HTML that was built by `html`, so that it is not escaped twice. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Template tag: every value is escaped, unless it is Html itself or a list of it. */
export function html(strings: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const written = values.map((value) => {
    if (value instanceof Html) return value.text;
    return Array.isArray(value) ? value.map((part) => part.text).join('') : escapeHtml(String(value));
  });
  return new Html(String.raw({ raw: strings }, ...written));
}
