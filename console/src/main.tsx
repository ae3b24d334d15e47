/** Starts the technician's console. */
import './api/zod-without-eval.ts';
import '@fontsource/inter/latin-400.css';
import '@fontsource/inter/latin-500.css';
import '@fontsource/inter/latin-600.css';
import '@fontsource/inter/latin-ext-400.css';
import '@fontsource/inter/latin-ext-600.css';
import './style/ground.css';
import './style/control.css';
import './style/frame.css';
import './style/list.css';
import './style/gate.css';
import './style/rows.css';
import './style/quarantine.css';
import './style/deidentification.css';
import './style/administration.css';
import './style/case.css';
import './style/files.css';
import './style/phi.css';
import './style/session.css';
import './style/screen.css';
import './style/certificate.css';
import './style/viewer.css';
import './style/picture.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchInput } from './api/input-notice.ts';
import { takeLicenceCode } from './api/take-licence-code.ts';
import { takeProviderAnswer } from './api/provider-return.ts';
import { App } from './app.tsx';
import { queryClient } from './query/queries.ts';

const root = document.querySelector('#console');
if (root === null) throw new Error('The page has no place for the console.');

watchInput(window);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App licenceCode={takeLicenceCode(window)} providerAnswer={takeProviderAnswer(window)} />
    </QueryClientProvider>
  </StrictMode>,
);
// A code in the address of this same window does not load the page anew by itself.
window.addEventListener('hashchange', () => {
  if (window.location.hash.startsWith('#workstation-licence=')) window.location.reload();
});
