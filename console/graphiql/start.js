// Starts GraphiQL against this server. Operations go by fetch; subscriptions by WebSocket. The key is that of the headers
// editor, else that of the console's session: a tab opened from the console has it, and nothing shows it.

const sessionKey = () => sessionStorage.getItem('posthorn.key') ?? localStorage.getItem('posthorn.key') ?? undefined;

const HOW = sessionKey()
  ? `# You are signed in: the console's key is used, unless the headers editor below names another.
# Send`
  : `# Put your API key into the headers editor below: {"Authorization": "Bearer ..."}
# Then send`;

const EXAMPLE = `${HOW} a message ...
mutation Send {
  sendMessage(input: {
    businessType: "ORDER_NOTIFY"
    businessData: { orderId: "1" }
    recipients: [{ userId: "u1" }]
    content: { title: "Hello", body: "Your order 1 is on its way." }
  }) {
    success
    messageId
    errorCode
    errorMessage
  }
}

# ... and see what became of the last ones. (A platform key needs tenantId when it sends.)
query Recent {
  messages(first: 5) {
    nodes { messageId status tasks { channelType status } timeline { at stage outcome detail } }
  }
}
`;

const HEADERS = sessionKey() ? '{}\n' : '{\n  "Authorization": "Bearer "\n}\n';

function authorization(headers) {
  const name = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === 'authorization');
  return name === undefined ? {} : { authorization: headers[name] };
}

function kindOf(params, options) {
  const definitions = options?.documentAST?.definitions ?? [];
  const operations = definitions.filter((definition) => definition.kind === 'OperationDefinition');
  const chosen = operations.find((operation) => operation.name?.value === params.operationName) ?? operations[0];
  return chosen?.operation;
}

/** A connection for one subscription, so that it has the headers of the moment. */
function subscribe(params, headers) {
  const url = new URL('/graphql', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const client = graphqlWs.createClient({
    url: url.toString(),
    connectionParams: authorization(headers),
    retryAttempts: 0,
  });
  return {
    subscribe(observer) {
      return { unsubscribe: client.subscribe(params, explained(observer)) };
    },
  };
}

/** A closed connection is an event without a message; GraphiQL shows errors. */
function explained(observer) {
  return {
    ...observer,
    next: (value) => observer.next(value),
    complete: () => observer.complete(),
    error: (error) =>
      observer.error(error instanceof CloseEvent ? new Error(`connection closed: ${error.code} ${error.reason}`) : error),
  };
}

async function request(params, headers) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
    body: JSON.stringify(params),
  });
  return response.json();
}

/** A line without a key in it, as it comes, is none. Without any key the schema can be read all the same. */
function meant(headers) {
  const { authorization: key } = authorization(headers);
  if (key !== undefined && key.trim().toLowerCase() !== 'bearer') return headers;
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  const own = sessionKey();
  return { ...Object.fromEntries(others), ...(own ? { Authorization: `Bearer ${own}` } : {}) };
}

function fetcher(params, options) {
  const headers = meant(options?.headers ?? {});
  return kindOf(params, options) === 'subscription' ? subscribe(params, headers) : request(params, headers);
}

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: EXAMPLE,
    defaultHeaders: HEADERS,
    defaultEditorToolsVisibility: 'headers',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }),
);

const NAMES = [
  ['.graphiql-query-editor', 'Operation'],
  ['.graphiql-response', 'Response'],
];

/** What the keyboard writes into has a name, and what scrolls can be reached: GraphiQL leaves both out. */
function name(root) {
  for (const input of root.querySelectorAll('.CodeMirror textarea:not([aria-label])')) {
    const known = NAMES.find(([place]) => input.closest(place));
    const tool = input.closest('section')?.getAttribute('aria-label');
    input.setAttribute('aria-label', known?.[1] ?? tool ?? 'Editor');
  }
  for (const scrolls of root.querySelectorAll('.CodeMirror-scroll[tabindex="-1"]')) scrolls.tabIndex = 0;
}

const place = document.getElementById('graphiql');
new MutationObserver(() => name(place)).observe(place, { childList: true, subtree: true });
name(place);
