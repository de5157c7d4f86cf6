/** Data Prep: the expression language itself. */
import { Hono } from 'hono';
import { plainError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { Json } from '../json.ts';
import { expressionProblem, functions, operators } from './expression.ts';

export function languages(): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.post('/languages/el/validate', (c) => {
    const body = c.get('body') as Json;
    // The sample of the OpenAPI file nests the expression in itself.
    const expression = body?.expression?.expression ?? body?.expression;
    if (typeof expression !== 'string') throw plainError(400, 'The expression is missing.');
    const problem = expressionProblem(expression);
    return c.json({ status: problem === undefined, ...(problem === undefined ? {} : { reason: problem }) });
  });
  app.get('/languages/el/functions', (c) => c.json(Object.keys(functions).map((name) => ({ name }))));
  app.get('/languages/el/operators', (c) => c.json(operators.map((name) => ({ name }))));

  return app;
}
