import fc from "fast-check";
import { expect, test } from "vitest";
import { framesOfSentry, mostFrames, parseStackTrace } from "./stack-frames.ts";

const own = (file: string, name: string | null, line: number | null) => ({
  ...{ file, line, isOwn: true },
  function: name,
});
const ownOf = (text: string) => parseStackTrace(text).filter(({ isOwn }) => isOwn);

test("V8: folders that the service ran in go, and Node's own files and those of packages are not its own", () => {
  const frames = parseStackTrace(`TypeError: Cannot read properties of undefined (reading 'price')
    at Cart.total [as sum] (/var/lib/anytime/releases/shop/42-0a1b2c3d4e5f/dist/cart.js:31:17)
    at async file:///var/lib/anytime/releases/shop/42-0a1b2c3d4e5f/dist/routes/checkout.js:12:5
    at async Promise.all (index 0)
    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at new Order (/app/src/order.ts:7:3)
    at Object.<anonymous> (C:\\shop\\server.js:3:1)`);
  expect(frames.filter(({ isOwn }) => isOwn)).toEqual([
    own("dist/cart.js", "Cart.total", 31),
    own("dist/routes/checkout.js", null, 12),
    own("src/order.ts", "Order", 7),
    own("/shop/server.js", null, 3),
  ]);
  expect(frames).toHaveLength(6);
});

test("the first cause comes first, in Node and in Java", () => {
  const node = `Error: outer
    at outer (/app/src/outer.js:1:1) {
  [cause]: Error: inner
      at inner (/app/src/inner.js:2:2)
}`;
  expect(ownOf(node).map(({ file }) => file)).toEqual(["src/inner.js", "src/outer.js"]);
  const java = `java.lang.IllegalStateException: could not check out
\tat com.acme.shop.Checkout.run(Checkout.java:20)
\tat java.base/java.lang.Thread.run(Thread.java:1583)
\tSuppressed: java.io.IOException: closing
\t\tat com.acme.shop.Closer.close(Closer.java:9)
Caused by: java.lang.NullPointerException: price
\tat com.acme.shop.Cart$Line.lambda$total$3(Cart.java:31)
\tat org.springframework.web.Filter.doFilter(Filter.java:117)
\tat com.acme.shop.MainKt.main(Main.kt:4)
\t... 12 more`;
  expect(ownOf(java)).toEqual([
    own("com/acme/shop/Cart.java", "Cart$Line.lambda$total$3", 31),
    own("com/acme/shop/Main.kt", "MainKt.main", 4),
    own("com/acme/shop/Checkout.java", "Checkout.run", 20),
  ]);
});

test("Firefox and Safari", () => {
  const text = `total@https://shop.example/assets/cart.js?v=3:31:17
onClick/<@https://shop.example/assets/page.js:4:2
forEach@[native code]
@moz-extension://abc/x.js:1:1`;
  expect(ownOf(text)).toEqual([own("assets/cart.js", "total", 31), own("assets/page.js", "onClick", 4)]);
});

test("Python: innermost last, with what raised it", () => {
  const text = `Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 31, in total
    return sum(line.price for line in lines)
           ^^^^^^^^^^
  File "/usr/lib/python3.12/decimal.py", line 5, in quantize
KeyError: 'price'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/flask/app.py", line 880, in dispatch_request
  File "/srv/app/shop/views.py", line 12, in checkout
  File "<frozen importlib._bootstrap>", line 1, in _load
shop.errors.CheckoutError: no price`;
  expect(ownOf(text)).toEqual([own("shop/cart.py", "total", 31), own("shop/views.py", "checkout", 12)]);
  const handling = text.replace(
    /The above.*:/,
    "During handling of the above exception, another exception occurred:",
  );
  expect(ownOf(handling).map(({ line }) => line)).toEqual([12, 31]);
});

test("Go: without what told of the panic, and of the first goroutine alone", () => {
  const text = `goroutine 7 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
main.recovered.func1()
\t/data/workspaces/81-2/source/services/shop/recover.go:9 +0x3c
panic({0x6b1d60?, 0xc0000140f0?})
\t/usr/local/go/src/runtime/panic.go:785 +0x132
github.com/acme/shop/cart.(*Cart).Total(0xc000012345, {0x1, 0x2})
\t/data/workspaces/81-2/source/services/shop/cart/cart.go:31 +0x1d
net/http.HandlerFunc.ServeHTTP(0x1)
\t/usr/local/go/src/net/http/server.go:2220 +0x29
github.com/go-chi/chi/v5.(*Mux).ServeHTTP(0x1)
\t/root/go/pkg/mod/github.com/go-chi/chi/v5@v5.0.1/mux.go:90 +0x2
created by main.main in goroutine 1
\tgithub.com/acme/shop/main.go:12 +0x85

goroutine 8 [select]:
main.other()
\t/data/workspaces/81-2/source/other.go:1 +0x1`;
  expect(ownOf(text)).toEqual([
    own("services/shop/cart/cart.go", "cart.(*Cart).Total", 31),
    own("github.com/acme/shop/main.go", "main.main", 12),
  ]);
});

test("Ruby, .NET and PHP", () => {
  const ruby = `/app/lib/cart.rb:31:in 'Shop::Cart#total': undefined method (NoMethodError)
\tfrom /app/lib/cart.rb:12:in \`block (2 levels) in sum'
\tfrom /usr/local/bundle/gems/rack-3.0/lib/rack.rb:5:in 'call'`;
  expect(ownOf(ruby)).toEqual([own("lib/cart.rb", "Shop::Cart#total", 31), own("lib/cart.rb", "sum", 12)]);
  const dotNet = `System.InvalidOperationException: No price
 ---> System.NullReferenceException: Object reference not set
   at Shop.Cart.Total(List\`1 lines) in C:\\build\\workspaces\\81-1\\source\\Shop\\Cart.cs:line 31
   --- End of inner exception stack trace ---
   at System.Linq.Enumerable.Sum(Func\`2 selector)
   at Shop.Web.CheckoutController.<RunAsync>d__5.MoveNext()`;
  expect(ownOf(dotNet)).toEqual([
    own("Shop/Cart.cs", "Cart.Total", 31),
    own("Shop/Web/CheckoutController.cs", "CheckoutController.RunAsync", null),
  ]);
  const php = `PHP Fatal error:  Uncaught TypeError: no price in /app/src/Cart.php:31
Stack trace:
#0 /app/src/Checkout.php(12): Shop\\Cart->total(Array)
#1 [internal function]: Shop\\Checkout->run()
#2 /app/vendor/slim/App.php(9): call_user_func()
#3 {main}`;
  expect(ownOf(php)).toEqual([
    own("src/Cart.php", "Shop\\Cart->total", 31),
    own("src/Checkout.php", "Shop\\Checkout->run", 12),
  ]);
});

test("Sentry lists the innermost last, and says what is the app's own", () => {
  const frames = framesOfSentry([
    { filename: "node_modules/express/index.js", function: "next", lineno: 9, in_app: true },
    { filename: "app:///dist/checkout.js", abs_path: "app:///dist/checkout.js", function: "run", lineno: 12 },
    { filename: "shop/cart.py", abs_path: "/var/lib/releases/shop/7-0a1b2c3d4e5f/shop/cart.py", lineno: 31 },
    { filename: "Cart.java", module: "com.acme.Cart", function: "total", lineno: 3, in_app: true },
    { filename: "generated.js", function: "?", in_app: false },
    {},
  ]);
  expect(frames.map(({ file, isOwn }) => `${file} ${isOwn}`)).toEqual([
    "? false",
    "generated.js false",
    "com/acme/Cart.java true",
    "shop/cart.py true",
    "dist/checkout.js true",
    "node_modules/express/index.js false",
  ]);
});

test.each([
  "webpack-internal:///(rsc)/./src/cart.ts",
  "webpack://shop/./src/cart.ts",
  "./src/cart.ts",
  "/code/src/cart.ts",
])("%s is src/cart.ts", (file) => {
  expect(parseStackTrace(`Error: x\n    at total (${file}:31:1)`)).toEqual([own("src/cart.ts", "total", 31)]);
});

test("a message that looks like a trace is none, and of a deep one the innermost frames are kept", () => {
  expect(parseStackTrace("Error: could not reach ada@example.com:25 (tried 3 times)\nat noon")).toEqual([]);
  const deep = Array.from({ length: 5_000 }, (_, at) => `    at f${at} (/app/x.js:${at + 1}:1)`).join("\n");
  const frames = parseStackTrace(`RangeError: Maximum call stack\n${deep}`);
  expect(frames).toHaveLength(mostFrames);
  expect(frames[0]).toMatchObject({ function: "f0", line: 1 });
});

const pieces = [
  ...[
    "at ",
    " (",
    ")",
    ":1:2",
    ".go:1",
    'File "',
    '", line 1, in ',
    "#0 ",
    "(1): ",
    ":in '",
    "'",
    "@",
    "https://",
    "Caused by: ",
  ],
  ...[
    "goroutine 1 [running]:",
    "\t",
    "\n",
    "/",
    ".",
    "<",
    "a",
    " in ",
    ":line 3",
    "releases/a/1-",
    "node_modules/",
    "[as ",
  ],
];

test("whatever is told, it is read to the end, and what is read is short", () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(text, (parts) => {
      const frames = parseStackTrace(parts.join(""));
      expect(frames.length).toBeLessThanOrEqual(mostFrames);
      for (const { file, function: name, line } of frames) {
        expect(file.length).toBeLessThanOrEqual(300);
        expect(name?.length ?? 0).toBeLessThanOrEqual(200);
        expect(line ?? 1).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 500 },
  );
});
