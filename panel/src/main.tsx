/** Starts the operator panel in its window. */
import '@fontsource/inter/latin-400.css';
import '@fontsource/inter/latin-600.css';
import '@fontsource/inter/latin-ext-400.css';
import '@fontsource/inter/latin-ext-600.css';
import './style/ground.css';
import './style/frame.css';
import './style/button.css';
import './style/page.css';
import './style/consent.css';
import './style/phi.css';
import './style/session.css';
import './style/engineer-steps.css';
import './style/engineer.css';
import './style/mask-editor.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { agentAt } from './api/agent.ts';
import { engineerAgentAt } from './api/engineer-agent.ts';
import { watch } from './api/connection.ts';
import { takeCredential } from './api/credential.ts';
import { reportPresence } from './api/presence.ts';
import { App } from './app.tsx';
import { NoCredentialPage } from './page/lost-page.tsx';
import { SpeechProvider } from './words/speech.tsx';

const root = document.querySelector('#panel');
if (root === null) throw new Error('The page has no place for the panel.');

const credential = takeCredential(window);
if (credential === null) {
  createRoot(root).render(
    <SpeechProvider>
      <NoCredentialPage />
    </SpeechProvider>,
  );
} else {
  const agent = agentAt(location.origin, credential);
  const following = watch(agent, () => performance.now());
  reportPresence(window, agent, following);
  createRoot(root).render(
    <StrictMode>
      <SpeechProvider>
        <App
          agent={agent}
          engineer={engineerAgentAt(location.origin, credential)}
          watch={following}
        />
      </SpeechProvider>
    </StrictMode>,
  );
}
// A new credential in the address of this same window does not reload the page by itself.
window.addEventListener('hashchange', () => {
  if (takeCredential(window) !== credential) location.reload();
});
