// Starts GraphiQL against this server. Operations go by fetch; subscriptions by WebSocket, with the key of the headers editor.

const EXAMPLE = `# Put your API key into the headers editor below: {"Authorization": "Bearer ..."}
# Then send a message ...
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

const HEADERS = '{\n  "Authorization": "Bearer "\n}\n';

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

/** The key is not sent while its line is as it comes: the schema can be read without one. */
function meant(headers) {
  const { authorization: key } = authorization(headers);
  if (key === undefined || key.trim().toLowerCase() !== 'bearer') return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
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
