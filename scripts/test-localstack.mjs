import process from 'node:process';
import { bootstrap } from './bootstrap.mjs';

await bootstrap('scripts/tiers/run-localstack.ts', process.argv.slice(2));
