import { catalogue, type Catalogue } from './catalogue.ts';
import type { Translated } from './translated.ts';

/** Every text of the UI in German. */
export const german: Translated<Catalogue> = { ...catalogue };
