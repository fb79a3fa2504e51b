import { createBrowserRouter, RouterProvider } from 'react-router-dom';
import { paths } from '../lib/paths.ts';
import { NotFoundPage, PageFault } from './error-pages.tsx';
import { Layout } from './layout.tsx';
import { StartingPage } from './sign-in-pages.tsx';

/** One bundle per page: who only asks for access never loads the auditor's tables. */
const router = createBrowserRouter([
  {
    Component: Layout,
    HydrateFallback: StartingPage,
    ErrorBoundary: PageFault,
    children: [
      {
        ErrorBoundary: PageFault,
        children: [
          {
            path: paths.myRequests,
            lazy: async () => ({
              Component: (await import('../features/requests/my-requests-page.tsx')).MyRequestsPage,
            }),
          },
          {
            path: paths.newRequest,
            lazy: async () => ({
              Component: (await import('../features/requests/new-request-page.tsx')).NewRequestPage,
            }),
          },
          {
            path: paths.invite,
            lazy: async () => ({
              Component: (await import('../features/requests/invite-page.tsx')).InvitePage,
            }),
          },
          {
            path: '/requests/:id',
            lazy: async () => ({ Component: (await import('./request-page.tsx')).RequestPage }),
          },
          {
            path: paths.reviews,
            lazy: async () => ({
              Component: (await import('../features/reviews/reviews-page.tsx')).ReviewsPage,
            }),
          },
          {
            path: paths.audit,
            lazy: async () => ({
              Component: (await import('../features/audit/audit-requests-page.tsx')).AuditRequestsPage,
            }),
          },
          {
            path: paths.auditSessions,
            lazy: async () => ({
              Component: (await import('../features/audit/audit-sessions-page.tsx')).AuditSessionsPage,
            }),
          },
          {
            path: paths.operations,
            lazy: async () => ({
              Component: (await import('../features/operations/operations-page.tsx')).OperationsPage,
            }),
          },
          { path: '*', Component: NotFoundPage },
        ],
      },
    ],
  },
]);

export function Pages() {
  return <RouterProvider router={router} />;
}
