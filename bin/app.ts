import { App } from 'aws-cdk-lib';
import { buildApp } from '../lib/app.ts';
import { ConfigError, contextOf, loadStage } from '../lib/config.ts';

const stages = new URL('../stages/', import.meta.url);

try {
  const app = new App();
  buildApp(
    app,
    loadStage(
      contextOf((name): unknown => app.node.tryGetContext(name)),
      stages,
    ),
  );
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // Invalid stage options are for the operator to correct: print the message, which a stack trace would hide.
  console.error(error.message);
  process.exitCode = 1;
}
