import * as z from 'zod';
import { memoize } from '../memoize.ts';

/** A schema of an object that the OpenAPI document lists among its components by its name, built on first use. */
export const component = <Shape extends z.ZodRawShape>(id: string, shape: () => Shape) =>
  memoize(() => z.object(shape()).meta({ id }));

/** The value that a schema decodes to. */
export type ValueOf<Make extends (id: string) => z.ZodType> = z.output<ReturnType<Make>>;
