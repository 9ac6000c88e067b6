/** Run by npm in the folder of a package after it has packed it. */
import { leavePublishedForm } from './published-form.ts';

leavePublishedForm(process.cwd());
