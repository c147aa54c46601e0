import org.apache.spark.launcher.JavaModuleOptions;

/** Prints the options without which this JVM would not let Spark into its modules. */
public final class Opciones {
    public static void main(String[] nada) {
        System.out.println(JavaModuleOptions.defaultModuleOptions());
    }
}
