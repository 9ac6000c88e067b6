/** A program: prints, as JSON, what is to be said of the database that its argument names. */
import { inspectDatabase } from '@proscenium/server/database-inspection';

const [, , file = ''] = process.argv;
process.stdout.write(JSON.stringify(inspectDatabase(file)));
