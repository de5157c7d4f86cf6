/** Activities that do nothing, for the workflow that has only the shape of ours. */
export const emptyActivities = {
  async empty(): Promise<string> {
    return 'b7f8a2c0-9d6e-4f3b-8a51-0c2d4e6f8a90';
  },
};
