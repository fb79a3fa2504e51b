import { writeFileSync } from 'node:fs';
import { eventSchemaFiles, eventSchemaTexts } from './schemas.ts';

/** `npm run event-schemas`: writes the JSON Schemas anew after `api/event-schemas.ts` has changed. */
const texts = eventSchemaTexts();
writeFileSync(eventSchemaFiles.request, texts.request);
writeFileSync(eventSchemaFiles.session, texts.session);
