import { readFileSync } from 'node:fs';
import { costTable } from './cost-table.ts';

/** `npm run costs`: what a month costs, from what was measured last. */

const measured = readFileSync(new URL('./measured.json', import.meta.url), 'utf8');
console.log(costTable(JSON.parse(measured)).join('\n'));
