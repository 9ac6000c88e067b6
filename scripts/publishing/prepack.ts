/** Run by npm in the folder of a package before it packs it. */
import { takePublishedForm } from './published-form.ts';

takePublishedForm(process.cwd());
