/** The page at `/docs`: Swagger UI from the bundled package. It asks for the token, for the document needs one. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Homing API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<style>
body { margin: 0; font-family: system-ui, sans-serif; background: #fff; }
#token-form { max-width: 34rem; margin: 15vh auto; padding: 0 1rem; display: grid; gap: .75rem; }
#token-form input, #token-form button { font: inherit; padding: .5rem .75rem; }
#token-problem { color: #b3261e; min-height: 1.5em; }
.swagger-ui .topbar { display: none; }
</style>
</head>
<body>
<form id="token-form" hidden>
<h1>Homing API</h1>
<label for="token">Token (the address of the app carries it; it also stands in the file <code>token</code> of the data directory)</label>
<input id="token" type="password" autocomplete="off" required>
<button type="submit">Show the API</button>
<div id="token-problem" role="alert"></div>
</form>
<main id="swagger"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/page.js"></script>
</body>
</html>
`;

export const docsScript = `'use strict';
(async () => {
  const key = 'homing.token';
  const form = document.getElementById('token-form');
  const fragment = /^#token=([^&]+)/.exec(location.hash);
  if (fragment) {
    sessionStorage.setItem(key, decodeURIComponent(fragment[1]));
    history.replaceState(null, '', location.pathname);
  }
  async function show() {
    const token = sessionStorage.getItem(key);
    if (!token) return ask('');
    const response = await fetch('/api/v1/openapi.json', { headers: { authorization: 'Bearer ' + token } });
    if (!response.ok) {
      sessionStorage.removeItem(key);
      return ask((await response.json()).detail);
    }
    form.hidden = true;
    SwaggerUIBundle({
      spec: await response.json(),
      dom_id: '#swagger',
      deepLinking: true,
      docExpansion: 'none',
      validatorUrl: null,
      requestInterceptor: (request) => { request.headers.authorization = 'Bearer ' + token; return request; },
    });
  }
  function ask(problem) {
    form.hidden = false;
    document.getElementById('token-problem').textContent = problem;
    document.getElementById('token').focus();
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(key, document.getElementById('token').value.trim());
    void show();
  });
  await show();
})();
`;
