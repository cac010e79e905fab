// What the report draws with, and nothing else: the rest of ECharts stays outside of the page.
import { init, use } from "echarts/core";
import { HeatmapChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([
  HeatmapChart, LineChart, SankeyChart,
  GridComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent,
  SVGRenderer,
]);
export { init };
