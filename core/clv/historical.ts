/** What has been earned so far, and the plain projection of it: no model, so it can always be shown. */

export interface HistoricalInput {
  /** Minor units before refunds. */
  gross: number;
  /** Minor units after refunds. */
  net: number;
  /** Orders (purchase days) behind the money. */
  orders: number;
  /** Years as a customer, summed: from the first purchase until she left or until today. */
  customerYears: number;
  /** Years a customer stays, from first purchase to the day she is taken to have left. */
  lifespanYears: number;
}

/** Money in minor units, unrounded; zero instead of NaN where nothing has been observed. */
export interface HistoricalValue {
  grossToDate: number;
  netToDate: number;
  averageOrderGross: number;
  averageOrderNet: number;
  /** Orders a customer makes in a year. */
  ordersPerYear: number;
  lifespanYears: number;
  /** Average order value × frequency × lifespan. */
  lifetimeGross: number;
  lifetimeNet: number;
}

/** AOV × purchase frequency × customer lifespan, beside revenue to date; gross and net. */
export function historicalValue(input: HistoricalInput): HistoricalValue {
  const averageOrderGross = ratio(input.gross, input.orders);
  const averageOrderNet = ratio(input.net, input.orders);
  const ordersPerYear = ratio(input.orders, input.customerYears);
  const expectedOrders = ordersPerYear * Math.max(0, input.lifespanYears);
  return {
    grossToDate: input.gross,
    netToDate: input.net,
    averageOrderGross,
    averageOrderNet,
    ordersPerYear,
    lifespanYears: Math.max(0, input.lifespanYears),
    lifetimeGross: averageOrderGross * expectedOrders,
    lifetimeNet: averageOrderNet * expectedOrders,
  };
}

function ratio(top: number, bottom: number): number {
  return bottom > 0 ? top / bottom : 0;
}
