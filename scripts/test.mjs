import process from 'node:process';
import { bootstrap } from './bootstrap.mjs';

await bootstrap('scripts/tiers/run-tiers.ts', process.argv.slice(2));
