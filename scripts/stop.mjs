import process from 'node:process';
import { bootstrap } from './bootstrap.mjs';

await bootstrap('scripts/local/stop.ts', process.argv.slice(2));
