import { App } from 'aws-cdk-lib';
import { buildApp } from '../lib/app.ts';
import { contextOf, loadStage } from '../lib/config.ts';

const app = new App();
const stages = new URL('../stages/', import.meta.url);
buildApp(
  app,
  loadStage(
    contextOf((name) => app.node.tryGetContext(name)),
    stages,
  ),
);
