/** How the local provider and everything that asks it know the app. */
export const client = { id: 'stepladder-app', audience: 'https://stepladder.example/api' } as const;
