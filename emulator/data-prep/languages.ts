/** Data Prep: the expression language itself. */
import { Hono } from 'hono';
import { functions, operators } from '../data/expression-language.ts';
import { plainError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { Json } from '../json.ts';
import { expressionProblem } from './expression.ts';

export function languages(): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.post('/languages/el/validate', (c) => {
    const body = c.get('body') as Json;
    // The sample of the OpenAPI file nests the expression in itself.
    const expression = body?.expression?.expression ?? body?.expression;
    if (typeof expression !== 'string') throw plainError(400, 'The expression is missing.');
    const problem = expressionProblem(expression);
    // The page shows this, the OpenAPI file a boolean. Guess: how a failure is told.
    return c.json({
      validationStatus: problem === undefined ? 'succeeded' : 'failed',
      error: problem ?? 'none',
    });
  });
  app.get('/languages/el/functions', (c) => c.json(functions));
  app.get('/languages/el/operators', (c) => c.json(operators));

  return app;
}
