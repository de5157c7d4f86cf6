import { expect, it } from 'vitest';
import { inheritedFrom } from '../../dev/local-stack.ts';

it('a local worker takes over whom to tell, and nothing that leads to a real AEP or another Temporal', () => {
  const told = {
    AEP_SLACK_TEAM_URL: 'https://hooks.example.com/1',
    AEP_TEAMS_TEAM_URL: 'https://hooks.example.com/2',
    AEP_EMAIL_TEAM_TO: 'team@example.com',
    AEP_SMTP_URL: 'smtp://localhost',
    AEP_SMTP_FROM: 'aep@example.com',
  };
  const others = { AEP_CLIENT_SECRET: 's', AEP_API_URL: 'https://aep.example.com', TEMPORAL_ADDRESS: 'a:1' };
  expect(inheritedFrom({ PATH: '/bin', ...told, ...others })).toEqual({ PATH: '/bin', ...told });
});
