/** of biome.json */
const lineWidth = 110;

/** JSON as the formatter leaves it: objects on lines of their own, a list of values on one where it fits. */
export function jsonText(value: unknown, indent = '', key = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const oneLine = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const fits = indent.length + key.length + oneLine.length < lineWidth;
    if (fits && value.every((item) => typeof item !== 'object')) return oneLine;
    return bracketed(
      '[]',
      value.map((item) => jsonText(item, deeper)),
      indent,
    );
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, item]) => {
    const start = `${JSON.stringify(name)}: `;
    return `${start}${jsonText(item, deeper, start)}`;
  });
  return bracketed('{}', fields, indent);
}

function bracketed(brackets: string, items: readonly string[], indent: string): string {
  if (items.length === 0) return brackets;
  const lines = items.map((item) => `${indent}  ${item}`).join(',\n');
  return `${brackets.charAt(0)}\n${lines}\n${indent}${brackets.charAt(1)}`;
}
