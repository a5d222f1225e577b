import type { IncomingMessage } from "node:http";
import type { VenueContext } from "../context.ts";
import { json, objectBody, type Reply, type Request } from "../net/http.ts";
import type { Protocol } from "../net/protocol.ts";
import type { Wire } from "../net/wire.ts";
import type { Booking, BookingRequest } from "../orders/bookings.ts";
import { ACCOUNT } from "./account.ts";
import { Contracts } from "./contracts.ts";
import { Fields } from "./fields.ts";
import { Login } from "./login.ts";
import { IbkrOrders } from "./orders.ts";
import { ContractRest } from "./rest-contracts.ts";
import { MarketRest } from "./rest-market.ts";
import { IbkrOrderRest } from "./rest-orders.ts";
import { PortfolioRest } from "./rest-portfolio.ts";
import { IbkrStream } from "./stream.ts";

const PREFIX = /^\/v1\/(?:api|portal)(?=\/)/;

/** The gateway: session, contracts, market data. */
export class Ibkr implements Protocol {
  readonly name = "ibkr";
  private readonly login: Login;
  private readonly contracts: Contracts;
  private readonly fields: Fields;
  private readonly contractRest: ContractRest;
  private readonly marketRest: MarketRest;
  private readonly orders: IbkrOrders;
  private readonly orderRest: IbkrOrderRest;
  private readonly portfolio: PortfolioRest;
  private readonly streams = new Set<IbkrStream>();
  private recent: number[] = [];

  constructor(private readonly context: VenueContext) {
    this.login = new Login(context);
    this.contracts = new Contracts(context.market);
    this.fields = new Fields(context, this.contracts);
    this.contractRest = new ContractRest(context, this.contracts);
    this.marketRest = new MarketRest(context, this.contracts, this.fields, this.login);
    this.orders = new IbkrOrders(context, this.contracts);
    this.orderRest = new IbkrOrderRest(context, this.contracts, this.orders, this.login);
    this.portfolio = new PortfolioRest(context, this.contracts, this.orders);
  }

  socket(path: string, request: IncomingMessage): ((wire: Wire) => void) | null {
    if (!PREFIX.test(path) || path.replace(PREFIX, "") !== "/ws") return null;
    return (wire) => {
      const stream = new IbkrStream(
        this.context,
        wire,
        this.contracts,
        this.fields,
        this.login,
        this.orders,
        this.orderRest,
        request,
      );
      this.streams.add(stream);
      wire.onClose(() => this.streams.delete(stream));
    };
  }

  rest(request: Request): Reply | null {
    if (!PREFIX.test(request.path)) return null;
    const path = request.path.replace(PREFIX, "");
    this.context.stats.attempt("ibkr rest");
    if (this.tooFast()) return json({ error: "Too Many Requests", statusCode: 429 }, 429);
    const own = this.session(path, request);
    if (own !== null) return own;
    if (path.startsWith("/iserver/") && !this.login.authenticated)
      return json({ error: "Bad Request: no bridge", statusCode: 400 }, 400);
    return (
      this.accounts(path, request) ??
      this.orderRest.handle(path, request) ??
      this.portfolio.handle(path) ??
      this.contractRest.handle(path, request) ??
      this.marketRest.handle(path, request) ??
      json({ error: "Resource not found", statusCode: 404 }, 404)
    );
  }

  private tooFast(): boolean {
    const nowMs = this.context.clock.monotonicMs();
    this.recent = this.recent.filter((t) => t > nowMs - 1000);
    this.recent.push(nowMs);
    return this.recent.length > this.context.gatewayRate;
  }

  private session(path: string, request: Request): Reply | null {
    const { login } = this;
    switch (path) {
      case "/iserver/auth/status":
        return json(login.status());
      case "/iserver/auth/ssodh/init": {
        const body = objectBody(request) ?? {};
        if (body["publish"] !== true) return json({ error: "publish must be true", statusCode: 500 }, 500);
        login.init(body["compete"] === true);
        return json(login.status());
      }
      case "/tickle":
        return json(login.tickle());
      case "/sso/validate":
        return json(login.validate());
      case "/logout":
        this.context.faults.add({ kind: "loggedOut", count: 1 });
        return json({ status: true });
      case "/iserver/reauthenticate":
        login.init(true);
        return json({ message: "triggered" });
      default:
        return null;
    }
  }

  private accounts(path: string, request: Request): Reply | null {
    if (path === "/iserver/accounts") {
      this.login.accountsAsked = true;
      return json(this.accountList());
    }
    if (path === "/iserver/account" && request.method === "POST")
      return json({ set: true, acctId: String(objectBody(request)?.["acctId"] ?? ACCOUNT) });
    if (path === "/portfolio/accounts" || path === "/portfolio/subaccounts") {
      this.login.portfolioAsked = true;
      const names = {
        id: ACCOUNT,
        accountId: ACCOUNT,
        accountVan: ACCOUNT,
        accountTitle: "Venue",
        displayName: ACCOUNT,
      };
      return json([{ ...names, currency: "USD", type: "DEMO", tradingType: "STKNOPT", clearingStatus: "O" }]);
    }
    if (path.startsWith("/portfolio") && !this.login.portfolioAsked)
      return json({ error: "Please query /portfolio/accounts first", statusCode: 400 }, 400);
    return null;
  }

  private accountList(): object {
    return {
      accounts: [ACCOUNT],
      acctProps: { [ACCOUNT]: { hasChildAccounts: false, supportsCashQty: true, supportsFractions: false } },
      aliases: { [ACCOUNT]: ACCOUNT },
      allowFeatures: { showGFIS: true, allowFXConv: true, allowTypeAhead: true, snapshotRefreshTimeout: 30 },
      chartPeriods: { STK: ["*"], OPT: ["2h", "1d", "2d", "1w", "1m"], FUT: ["*"], CASH: ["*"], IND: ["*"] },
      groups: [],
      profiles: [],
      selectedAccount: ACCOUNT,
      serverInfo: { serverName: "JifN11057", serverVersion: "Build 10.37.1a" },
      sessionId: this.login.session,
      isFT: false,
      isPaper: true,
    };
  }

  book(request: BookingRequest): readonly Booking[] {
    return this.orders.exchange.bookings.make(request);
  }

  state(): object {
    const { authenticated, competing } = this.login;
    return { authenticated, competing, sockets: [...this.streams].map((s) => s.subscribed()) };
  }
}
