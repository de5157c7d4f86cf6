/** Stub. */
export async function handOver(_request: { sandbox: string; from: string; to: string }): Promise<void> {}
