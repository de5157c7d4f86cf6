import { expect, it } from 'vitest';
import { createBoard } from '../../src/board/app.ts';
import type { AepDataflows } from '../../src/client.ts';

const nothing = { list: async () => [], underWay: async () => [] } as unknown as AepDataflows;
const board = createBoard({ client: nothing, token: 'secret', port: () => 8080, allowsActions: true });
const ask = async (path: string, method = 'GET') => {
  const headers = { host: '127.0.0.1:8080', cookie: 'aep-board-8080=secret' };
  return board.request(`http://127.0.0.1:8080${path}`, { method, headers });
};

it('what only asks for the head of a page begins no events, which nobody would hear', async () => {
  expect((await ask('/live?at=/', 'HEAD')).status).toBe(403);
});

it('a page, which may hold the secret of its forms, is kept nowhere', async () => {
  const page = await ask('/');
  expect(page.status).toBe(200);
  expect(page.headers.get('cache-control')).toBe('no-store');
});

it('events of what is no address are those of no page', async () => {
  expect((await ask('/live?at=http://[')).status).toBe(404);
});
