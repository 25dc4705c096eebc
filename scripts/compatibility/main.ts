import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLocalFile } from '../local/local-file.ts';
import { projectDir } from '../local/paths.ts';
import { runProgram } from '../local/run-command.ts';
import { organizationToken } from '../local/tokens.ts';
import { probe } from './probe.ts';
import { FIELDS_PART, fieldsOf, readClientFields, renderFields } from './fields.ts';
import { TABLE_PART, render } from './table.ts';

/**
 * `npm run compatibility`: calls every operation of the newest official clients against the stack that `npm start`
 * runs, and writes the results into docs/compatibility.md.
 */
const page = join(projectDir, 'docs', 'compatibility.md');

const say = (text: string) => process.stdout.write(`${text}\n`);

/** An unused organization id: the usual length, digits only. */
const freshOrganization = (): string =>
  `org_${Array.from({ length: 27 }, () => String(randomInt(10))).join('')}`;

await runProgram(async () => {
  const { serverUrl, jwtSecret, receiverUrl } = await readLocalFile();
  const token = await organizationToken(freshOrganization(), jwtSecret, new Date());
  const probed = await probe({ serverUrl, token, hookUrl: `${receiverUrl}/compatibility` });
  const fields = renderFields(fieldsOf(await readClientFields()));
  const written = TABLE_PART.replace(await readFile(page, 'utf8'), render(probed));
  await writeFile(page, FIELDS_PART.replace(written, fields));
  const broken = probed.filter(({ outcome }) => outcome.kind === 'broken');
  for (const { name, outcome } of broken) say(`${name}: ${JSON.stringify(outcome)}`);
  say(`${probed.length} operations called, ${broken.length} broken; docs/compatibility.md is up to date.`);
  return broken.length === 0 ? 0 : 1;
});
